import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, SwarmchatError } from '../../base/errors.js'
import { badNewBotName } from '../errors.js'

const NAME = /^[a-z][a-z0-9-]{0,31}$/

/** DIRECTORY_EXISTS: `bot new` overwrites nothing. */
const directoryExists = (directory: string) =>
  new SwarmchatError('DIRECTORY_EXISTS', `There is a ${directory} already.`, {
    hint: 'Choose another name, or go elsewhere.'
  })

/** NOT_WRITABLE: the files of a new bot cannot be written. */
const notWritable = (directory: string, cause: unknown) =>
  new SwarmchatError('NOT_WRITABLE', `${directory} cannot be written: ${messageOf(cause)}.`, {
    hint: 'Go to a directory that you may write.',
    cause
  })

/**
 * Writes a bot, its test and what they need into a new directory `name` in `parent`; gives the paths, seen from `parent`.
 * `root` is the directory of our own package, which the bot's depends on. Throws BAD_BOT_NAME, DIRECTORY_EXISTS, NOT_WRITABLE.
 */
export function createBot(name: string, parent: string, root: string): string[] {
  if (!NAME.test(name)) throw badNewBotName(name)
  const directory = join(parent, name)
  if (existsSync(directory)) throw directoryExists(directory)
  const files = filesOf(name, root)
  try {
    mkdirSync(directory)
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(directory, file), text, { flag: 'wx' })
  } catch (thrown) {
    throw notWritable(directory, thrown)
  }
  return Object.keys(files).map(file => join(name, file))
}

function filesOf(name: string, root: string): Record<string, string> {
  return {
    [`${name}.ts`]: script(),
    [`${name}.test.ts`]: test(name),
    'package.json': `${JSON.stringify(packageOf(name, root), null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify(TSCONFIG, null, 2)}\n`
  }
}

function script(): string {
  return `import type { Bot } from 'swarmchat/bot'

export default (bot: Bot) => {
  bot.command('hello', { args: '[name]', help: 'greets somebody, and counts' }, async ctx => {
    const count = await ctx.state.update('greetings', 0, greetings => greetings + 1)
    ctx.say(\`Hello, \${ctx.args[0] ?? ctx.author.nick}! That is greeting \${count}.\`)
  })

  bot.on('join', ctx => ctx.say(\`Welcome, \${ctx.author.nick}.\`))
}
`
}

function test(name: string): string {
  return `import { createTestRoom } from 'swarmchat/testing'
import { expect, test } from 'vitest'
import bot from './${name}.js'

test('greets, and counts', async () => {
  const room = await createTestRoom({ members: ['ana'], bots: { bot } })
  await room.say('ana', '/hello')
  await room.say('ana', '/hello Ben')
  await room.join('cleo')
  expect(room.transcript()).toEqual([
    'ana: /hello',
    'bot: Hello, ana! That is greeting 1.',
    'ana: /hello Ben',
    'bot: Hello, Ben! That is greeting 2.',
    'bot: Welcome, cleo.'
  ])
})
`
}

// The package that this program came with: there is none in a registry yet. One version of vitest: npm 10 chokes on a range.
const packageOf = (name: string, root: string) => ({
  name,
  version: '0.0.0',
  private: true,
  type: 'module',
  scripts: { test: 'vitest run', check: 'tsc' },
  devDependencies: {
    swarmchat: `file:${root}`,
    typescript: '>=5',
    vitest: '4.1.12'
  }
})

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    skipLibCheck: true,
    noEmit: true
  }
}
