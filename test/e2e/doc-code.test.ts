import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformWithEsbuild } from 'vite'
import { describe, expect, test } from 'vitest'
import { Cli, newHome } from '../support/cli.js'
import { type CodeBlock, program, programs } from '../support/doc-code.js'
import { testWith } from '../support/programs.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, hears, knows } from './bot-world.js'

// The code of README.md, docs/library.md, docs/scripting.md and docs/swarm.md, run as it stands there.

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const world = useCli(new BotWorld())

/** The programs that a test has asked for, as text. */
const run = new Set<string>()

/** The n-th program under a heading, which the test that asks for it runs. */
function code(page: Parameters<typeof program>[0], heading: string, nth = 1): string {
  const { code: text } = program(page, heading, nth)
  run.add(text)
  return text
}

function start(env: Record<string, string>, entrance: readonly string[], file?: string): Cli {
  const cli = new Cli([], { ...world.env, SWARMCHAT_HOME: newHome(), ...env }, entrance, file)
  world.add({ close: () => cli.kill() })
  return cli
}

/** Runs a program that imports the built package. A port that it names is another one: that of this test. */
async function module(text: string): Promise<Cli> {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(ROOT, join(directory, 'node_modules/swarmchat'))
  const file = join(directory, 'program.mjs')
  const { code } = await transformWithEsbuild(text, 'program.ts')
  writeFileSync(file, code.replaceAll('28788', String(world.env.SWARMCHAT_LOCAL_PORT)))
  return start({}, [], file)
}

/** Runs lines of bash in a directory of their own, with `swarmchat` on the PATH; ends whatever they have started. */
async function shell(
  text: string,
  files: Readonly<Record<string, string>>,
  use: (cli: Cli, directory: string) => Promise<void>
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  const entry = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/run.js')}' "$@"\n`
  writeFileSync(join(directory, 'swarmchat'), entry, { mode: 0o755 })
  const script = join(directory, 'script.sh')
  writeFileSync(script, `cd '${directory}'\nexport PATH="$PWD:$PATH"\n${text}`)
  const cli = start({}, ['setsid', 'bash', script])
  try {
    await use(cli, directory)
  } finally {
    endGroup(cli)
    await cli.exited
  }
}

// bash leads a session, and so a group, of its own: what it has started ends with it.
function endGroup({ child }: Cli): void {
  try {
    process.kill(-Number(child.pid), 'SIGTERM')
  } catch {
    // It has ended by itself.
  }
}

describe('README.md', () => {
  const greeter = code('README.md', 'As a library')

  test('the library greets whoever comes', async () => {
    const cli = await module(greeter)
    const ana = await world.person('ana')
    await hears(ana, /^hello, ana$/)
    ana.say('hi')
    await cli.line(/^ana: hi$/)
  })
})

describe('docs/library.md', () => {
  const page = 'docs/library.md'
  const [join, send, change, list, two] = [
    code(page, 'Join a room'),
    code(page, 'Send and leave'),
    code(page, 'Reply, edit, delete, react'),
    code(page, 'List the members'),
    code(page, 'Two people in one program')
  ]
  const [history, feed, several, secret, swarm, networks, errors] = [
    code(page, '`HistoryRange`'),
    code(page, '`Feed`'),
    code(page, 'Several rooms'),
    code(page, 'A private room'),
    code(page, 'A swarm instead of Hyperswarm'),
    code(page, 'Several networks'),
    code(page, 'Errors')
  ]

  test('makes a private room, and an invitation to it', async () => {
    const cli = await module(secret)
    await cli.line(/^team is private$/)
    expect(await cli.exited).toBe(0)
  })

  test('makes an invitation that ends, by which the room lets in', async () => {
    const cli = await module(code(page, 'An invitation that ends'))
    await cli.line(/^let into team$/)
    expect(await cli.exited).toBe(0)
  })

  test('joins a room, hears and speaks, and leaves at Ctrl-C', async () => {
    const cli = await module(join)
    const bob = await world.person('bob')
    await Promise.all([cli.line(/^bob joined$/), hears(bob, /^hello$/), knows(bob, 'ada')])
    bob.say('hi ada')
    await cli.line(/^bob: hi ada$/)
    cli.child.kill('SIGINT')
    await bob.object('leave')
    expect(await cli.exited).toBe(0)
  })

  test('sends and leaves', async () => {
    const bob = await world.person('bob', 'builds')
    const cli = await module(send)
    await hears(bob, /^the build is green$/)
    await cli.line(/^1 got it$/)
    expect(await cli.exited).toBe(0)
  })

  test('changes what it said, and takes it back', async () => {
    const cli = await module(change)
    await cli.line(/^ada edited: hello$/)
    await cli.line(/^[0-9a-f]{64} was taken back$/)
    expect(await cli.exited).toBe(0)
  })

  test('lists who is there', async () => {
    await world.person('bob')
    const cli = await module(list)
    await cli.line(/^[0-9a-f]{8} bob verified$/)
    expect(await cli.exited).toBe(0)
  })

  test('is two people in one program', async () => {
    const cli = await module(two)
    await cli.line(/^bob hears ada: hello, bob$/)
    expect(await cli.exited).toBe(0)
  })

  test('has several rooms on the same networks', async () => {
    const cli = await module(several)
    await cli.line(/^2 rooms, \d networks?$/)
    expect(await cli.exited).toBe(0)
  })

  test('reads what was said, and finds a line', async () => {
    const cli = await module(history)
    await cli.line(/^ada: tea at four\?$/)
    await cli.line(/^found ada: tea at four\?$/)
    expect(await cli.exited).toBe(0)
  })

  test('goes on after a cursor', async () => {
    const file = `${newHome()}/cursor`
    const cli = await module(feed.replaceAll("'cursor'", JSON.stringify(file)))
    const bob = await world.person('bob')
    await bob.object('join')
    bob.say('hi')
    await cli.line(/^hi$/)
    await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true)
  })

  test('meets under a topic', async () => {
    await meet(swarm)
  })

  test('chooses its networks', async () => {
    const cli = await module(networks)
    await cli.line(/^true \[\]$/)
    expect(await cli.exited).toBe(0)
  })

  test('tells what went wrong', async () => {
    const cli = await module(errors)
    await cli.line(/^BAD_ROOM_NAME That is not a room name: .* for example: lobby$/)
    expect(await cli.exited).toBe(0)
  })
})

describe('docs/swarm.md', () => {
  const swarm = code('docs/swarm.md', 'Swarm, for people who know Hyperswarm')

  test('meets under a topic', async () => {
    await meet(swarm)
  })
})

/** Two of a program that say hello to each other. */
async function meet(text: string): Promise<void> {
  const both = await Promise.all([module(text), module(text)])
  await Promise.all(both.map(cli => cli.line(/hello$/)))
}

describe('docs/scripting.md', () => {
  const page = 'docs/scripting.md'
  const [goOn, several, secret, password, print, tell, follow, bot, count] = [
    code(page, 'Going on'),
    code(page, 'Several rooms'),
    code(page, 'The name of a room is its secret'),
    code(page, 'Rooms with a password'),
    code(page, 'Examples', 1),
    code(page, 'Examples', 2),
    code(page, 'Examples', 3),
    code(page, 'Examples', 4),
    code(page, 'Examples', 5)
  ]

  test('reads the name of a room from a file', async () => {
    const [join = '', send = ''] = secret.trim().split('\n')
    const files = { 'room-name': 'lobby\nfrom the file\n' }
    const ana = await world.person('ana')
    await shell(join, files, async () => {
      await hears(ana, /^from the file$/)
    })
    await shell(send, files, async cli => {
      await hears(ana, /load average/)
      expect(await cli.exited).toBe(0)
    })
  })

  test('takes a password from the environment; on a terminal it is asked for, as password.test.ts does', async () => {
    const [, send = ''] = password.trim().split('\n')
    const files = { password: 'five words drawn by lot\n' }
    const join = ['join', 'team', '--json', '--nick', 'ana']
    const ana = world.start(join, { SWARMCHAT_PASSWORD: 'five words drawn by lot' })
    await ana.object('ready')
    await shell(send.replace('/run/secrets/team', 'password'), files, async cli => {
      await hears(ana, /^the build is green$/)
      expect(await cli.exited).toBe(0)
    })
  })

  testWith('jq')('goes on where it ended', async () => {
    const SWARMCHAT_HOME = newHome()
    const ana = world.start(['join', 'lobby', '--json', '--nick', 'ana'], { SWARMCHAT_HOME })
    await ana.object('ready')
    const script = `export SWARMCHAT_HOME='${SWARMCHAT_HOME}'\n${goOn}`
    let cursor = ''
    ana.say('one')
    await shell(script, {}, async (cli, directory) => {
      await cli.line(/^ana: one$/)
      ana.say('two')
      await cli.line(/^ana: two$/)
      const file = join(directory, 'cursor')
      await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true)
      cursor = readFileSync(join(directory, 'cursor'), 'utf8')
    })
    ana.say('three')
    await shell(script, { cursor }, async cli => {
      await cli.line(/^ana: three$/)
      expect(cli.lines).not.toContain('ana: one')
    })
  })

  testWith('jq')('prints what is said', async () => {
    await shell(print, {}, async cli => {
      const ana = await world.person('ana')
      ana.say('hi all')
      await cli.line(/^ana: hi all$/)
    })
  })

  testWith('jq')('is in several rooms, and says in which something was said', async () => {
    await shell(several, {}, async cli => {
      const [ana, ben] = await Promise.all([world.person('ana'), world.person('ben', 'builds')])
      ana.say('hi all')
      ben.say('red')
      await cli.line(/^lobby ana: hi all$/)
      await cli.line(/^builds ben: red$/)
    })
  })

  test('tells a room when a build ends', async () => {
    const ana = await world.person('ana', 'builds')
    await shell(tell, { Makefile: 'all:\n\t@echo built\n' }, async cli => {
      await hears(ana, /^the build is green$/)
      expect(await cli.exited).toBe(0)
    })
  })

  test('says every line of a log', async () => {
    const ana = await world.person('ana', 'ops')
    await shell(follow, { 'app.log': 'began\n' }, async (_, directory) => {
      await hears(ana, /^began$/)
      appendFileSync(join(directory, 'app.log'), 'went on\n')
      await hears(ana, /^went on$/)
    })
  })

  testWith('jq')('is a bot in bash, which answers nothing of the history', async () => {
    const ana = await world.person('ana')
    ana.say('!date')
    await shell(bot, {}, async () => {
      await knows(ana, 'clock')
      ana.say('!date')
      const answers = () =>
        ana.objects.filter(({ nick, type }) => type === 'message' && nick === 'clock')
      await ana.until(() => answers().length > 0)
      for (const { text } of answers()) expect(Number.isNaN(Date.parse(String(text)))).toBe(false)
      // Another one comes meanwhile: time enough for an answer too many.
      await hears(await world.person('bob'), /^!date$/)
      expect(answers()).toHaveLength(1)
    })
  })

  testWith('jq')('counts the members', async () => {
    await world.person('ana')
    await shell(count, {}, async cli => {
      await cli.line(/^1$/)
      expect(await cli.exited).toBe(0)
    })
  })
})

/** What is run elsewhere, or not at all, and why. */
const ELSEWHERE = new Map([
  ['README.md: Quick start', 'it installs from the registry: npm run test:packed does'],
  ['README.md: A bot in ten lines', 'bot-readme.test.ts runs it']
])

test('all of it is run', () => {
  const others = programs().filter(({ code: text }) => !run.has(text))
  const name = ({ heading, page }: CodeBlock) => `${page}: ${heading}`
  expect(others.map(name)).toEqual([...ELSEWHERE.keys()])
})
