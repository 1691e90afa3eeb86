import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../src/commands/index.js'
import { loadCommand, runCommand } from '../run-command.js'

const NAMES = [
  'bootstrap',
  'bot/index',
  'bot/new',
  'connect',
  'doctor',
  'forget',
  'history',
  'join',
  'listen',
  'peers',
  'relay',
  'rooms',
  'send',
  'topic',
  'whoami'
]

async function flagsOf(name: string): Promise<string[]> {
  const { default: command } = await loadCommand(name)
  return Object.keys(command.flags ?? {})
}

async function namesWith(flag: string): Promise<string[]> {
  const flags = await Promise.all(NAMES.map(flagsOf))
  return NAMES.filter((_, i) => flags[i]?.includes(flag))
}

describe('flags mean the same everywhere', () => {
  test('--relay: whoever dials or is dialled', async () => {
    const users = (await namesWith('network')).filter(name => name !== 'relay')
    expect(await namesWith('relay')).toEqual(users)
  })

  test('--password and --password-file: whoever is told a room', async () => {
    const rooms = ['bot/index', 'doctor', 'forget', 'history', 'join', 'peers', 'send', 'topic']
    expect(await namesWith('password')).toEqual(rooms)
    expect(await namesWith('password-file')).toEqual(rooms)
  })

  test('--no-relay: whoever stays in a room', async () => {
    expect(await namesWith('no-relay')).toEqual(['bot/index', 'join'])
  })

  test('--network and --bootstrap come together', async () => {
    const users = await namesWith('network')
    expect((await namesWith('bootstrap')).filter(name => name !== 'bootstrap')).toEqual(users)
  })

  test('no flag swallows the words after its value', async () => {
    for (const name of NAMES) {
      const { default: command } = await loadCommand(name)
      for (const [flag, shape] of Object.entries<Record<string, unknown>>(command.flags ?? {}))
        if (shape.multiple === true) expect(shape.multipleNonGreedy, `${name} --${flag}`).toBe(true)
    }
    const { thrown } = await runCommand('join', ['--relay', 'no key', 'lobby'])
    expect(thrown).toMatchObject({ code: 'BAD_KEY' })
  })

  test('no argument is taken from standard input unasked', async () => {
    for (const name of NAMES) {
      const { default: command } = await loadCommand(name)
      for (const [arg, shape] of Object.entries<Record<string, unknown>>(command.args ?? {}))
        expect(shape.ignoreStdin, `${name} ${arg}`).toBe(true)
    }
  })
})

describe('the help of every command', () => {
  interface Helped {
    readonly examples?: readonly unknown[]
    readonly flags?: Readonly<Record<string, { readonly description?: string }>>
    readonly summary?: string
  }
  const all = () =>
    Promise.all(
      Object.entries(COMMANDS).map(
        async ([id, load]) => [id, (await load()).default as Helped] as const
      )
    )

  test('has defaults at the end of what a flag does, and no sentence there', async () => {
    for (const [id, command] of await all())
      for (const [flag, { description = '' }] of Object.entries(command.flags ?? {}))
        expect(description, `${id} --${flag}`).toMatch(
          /^(?:[A-Z]{2}|[^A-Z])[^[]*[^.[ ]( ?\[(default|env)[^\]]*\])*$/
        )
  })

  test('has a summary of one sentence, and examples of commands', async () => {
    for (const [id, { examples = [], summary = '' }] of await all()) {
      expect(summary, id).toMatch(/^[A-Z][^.]*\.$/)
      for (const example of examples) expect(String(example), id).toMatch(/<%= config.bin %> /)
    }
  })
})
