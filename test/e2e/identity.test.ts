import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Cli, newHome, PROGRAM } from '../support/cli.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()
const PASSPHRASE = 'correct horse battery staple'

const inHome = (home: string, env: Record<string, string> = {}) => ({
  SWARMCHAT_HOME: home,
  ...env
})

function onTerminal(home: string, ...words: string[]): TerminalWindow {
  const env = { ...world.env, SWARMCHAT_HOME: home }
  return world.add(new TerminalWindow([process.execPath, PROGRAM, ...words], { env }))
}

async function identityIn(home: string): Promise<string> {
  const { stdout } = await world.run(['identity', 'show', '--json'], inHome(home))
  return JSON.parse(stdout).identity
}

/** The words that a terminal shows, typed from it. */
async function wordsIn(home: string): Promise<string> {
  const window = onTerminal(home, 'identity', 'words')
  await window.shows(/Show them\? \[y\/N\]/)
  window.type('y\r')
  await window.shows(/Enter takes them away/)
  const rows = window.screen.join('\n')
  const cells = [...rows.matchAll(/(\d+)\. ([a-z]+)/g)]
  const words = cells.sort((a, b) => Number(a[1]) - Number(b[1])).map(([, , word]) => word)
  window.type('\r')
  expect(await window.exited).toBe(0)
  for (const word of words) expect(window.lines.join('\n')).not.toContain(`. ${word}`)
  return words.join(' ')
}

/** In the lobby with this home. */
async function inLobby(home: string, nick: string, env: Record<string, string> = {}): Promise<Cli> {
  const cli = world.start(['join', 'lobby', '--json', '--nick', nick], env, home)
  await cli.object('ready')
  return cli
}

const hears = (cli: Cli, text: string) => cli.object('message', line => line.text === text)

describe('24 words', () => {
  test('are shown on a terminal, leave it, and restore who one is', async () => {
    const [home, other] = [newHome(), newHome()]
    const identity = await identityIn(home)
    const words = await wordsIn(home)
    expect(words.split(' ')).toHaveLength(24)
    const { code, stdout } = await world.run(['identity', 'restore'], inHome(other), `${words}\n`)
    expect([code, stdout]).toEqual([0, `You are ${identity.slice(0, 8)} here.`])
    expect(await identityIn(other)).toBe(identity)
    expect(statSync(join(other, 'identity')).mode & 0o777).toBe(0o600)
  })

  test('take a forgotten passphrase away, and not unasked', async () => {
    const home = newHome()
    await identityIn(home)
    const words = await wordsIn(home)
    await world.run(['identity', 'lock'], inHome(home, { SWARMCHAT_NEW_PASSPHRASE: PASSPHRASE }))
    const unasked = await world.run(['identity', 'restore'], inHome(home), `${words}\n`)
    expect([unasked.code, unasked.stderr]).toEqual([
      1,
      expect.stringContaining('Nothing was changed.')
    ])
    const asked = await world.run(['identity', 'restore', '--yes'], inHome(home), `${words}\n`)
    expect(asked.stdout).toContain('It is not locked any more.')
    const { stdout } = await world.run(['identity'], inHome(home))
    expect(stdout).toContain('It is not locked:')
  })

  test('are typed unseen, and put nobody aside without asking', async () => {
    const [home, other] = [newHome(), newHome()]
    const identity = await identityIn(home)
    const before = await identityIn(other)
    const words = await wordsIn(home)
    const piped = await world.run(['identity', 'restore'], inHome(other), words)
    expect(piped).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was changed') })
    const no = onTerminal(other, 'identity', 'restore')
    await no.shows(/24 words:/)
    no.type(`${words}\r`)
    await no.shows(/put aside\. Go on\? \[y\/N\]/)
    no.type('\r')
    expect(await no.exited).toBe(1)
    expect(await identityIn(other)).toBe(before)
    const yes = onTerminal(other, 'identity', 'restore')
    await yes.shows(/24 words:/)
    yes.type(`${words}\r`)
    await yes.shows(/Go on\? \[y\/N\]/)
    yes.type('y\r')
    await yes.shows(/Who you were is kept in/)
    expect(await yes.exited).toBe(0)
    expect(await identityIn(other)).toBe(identity)
    // In pairs: single ones, such as another, are words of what is asked, too.
    for (const pair of words.match(/[a-z]+ [a-z]+/g) ?? [])
      expect(yes.written + no.written).not.toContain(pair)
  })

  test('are for a terminal only; those that are wrong are refused, and not said', async () => {
    const home = newHome()
    const shown = await world.run(['identity', 'words'], inHome(home))
    expect(shown).toMatchObject({ code: 2, stdout: '' })
    expect(shown.stderr).toContain('on a terminal only')
    const words = 'zebra '.repeat(23)
    const { code, stderr } = await world.run(['identity', 'restore'], inHome(home), words)
    expect([code, stderr]).toEqual([2, expect.stringContaining('there are 23')])
    expect(stderr).not.toContain('zebra')
  })
})

describe('one identity on two machines', () => {
  test('is one member with two devices; each has in the end what either heard', async () => {
    const [home, other] = [newHome(), newHome()]
    const words = await wordsIn(home)
    await world.run(['identity', 'restore'], inHome(other), words)
    const bob = await world.person('bob')
    const first = await inLobby(home, 'ana')
    await bob.object('join', ({ nick }) => nick === 'ana')
    first.say('from the first')
    await hears(bob, 'from the first')
    await first.kill('SIGTERM')
    // What was said while it was away, and what it never heard of, comes from members.
    const second = await inLobby(other, 'ana')
    await hears(second, 'from the first')
    second.say('from the second')
    await hears(bob, 'from the second')
    bob.say('from bob')
    await hears(second, 'from bob')
    const again = await inLobby(home, 'ana')
    for (const text of ['from the first', 'from the second', 'from bob']) await hears(again, text)
    again.say('from the first again')
    for (const each of [bob, second, again]) await hears(each, 'from the first again')
    const ready = await Promise.all([second, again].map(each => each.object('ready')))
    expect(new Set(ready.map(({ identity }) => identity)).size).toBe(1)
    expect(new Set(ready.map(({ device }) => device)).size).toBe(2)
    const people = await world.run(['peers', 'lobby', '--json'])
    const anas = people.stdout.split('\n').map(line => JSON.parse(line))
    expect(anas.filter(({ nick, type }) => type === 'peer' && nick === 'ana')).toHaveLength(2)
    const texts = (cli: Cli) => [...new Set(cli.texts())].sort()
    expect(texts(second)).toEqual(texts(again))
    expect(again.texts()).toHaveLength(texts(again).length)
    // They are on both disks.
    await Promise.all([second, again].map(each => each.kill('SIGTERM')))
    const kept = await Promise.all(
      [home, other].map(each => world.run(['history', 'lobby'], inHome(each)))
    )
    expect(kept[0]?.stdout).toBe(kept[1]?.stdout)
    expect(kept[0]?.stdout).toContain('from the first again')
  })
})

describe('export and import', () => {
  test('take identity, contacts and nick to another home', async () => {
    const [home, other] = [newHome(), newHome()]
    const identity = await identityIn(home)
    await world.run(['contacts', 'name', 'ab'.repeat(32), 'ana b.'], inHome(home))
    await world.run(['config', 'set', 'nick', 'ada'], inHome(home))
    const file = join(home, 'me.json')
    const made = await world.run(
      ['identity', 'export', file],
      inHome(home, { SWARMCHAT_NEW_PASSPHRASE: PASSPHRASE })
    )
    expect(made).toMatchObject({ code: 0, stdout: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain('ana b.')
    const twice = await world.run(
      ['identity', 'export', file],
      inHome(home, { SWARMCHAT_NEW_PASSPHRASE: PASSPHRASE })
    )
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('there already') })
    const wrong = await world.run(
      ['identity', 'import', file],
      inHome(other, { SWARMCHAT_PASSPHRASE: 'another' })
    )
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('does not open') })
    const { code } = await world.run(
      ['identity', 'import', file],
      inHome(other, { SWARMCHAT_PASSPHRASE: PASSPHRASE })
    )
    expect(code).toBe(0)
    expect(await identityIn(other)).toBe(identity)
    expect((await world.run(['contacts'], inHome(other))).stdout).toContain('ana')
    expect((await world.run(['config', 'get', 'nick'], inHome(other))).stdout).toBe('ada')
  })
})

describe('a locked identity', () => {
  test('is asked for its passphrase, unseen; a wrong one is one sentence, and it is asked for again, three times at most', async () => {
    const home = newHome()
    const identity = await identityIn(home)
    const locking = onTerminal(home, 'identity', 'lock')
    await locking.shows(/New passphrase:/)
    locking.type(`${PASSPHRASE}\r`)
    await locking.shows(/The same again:/)
    locking.type(`${PASSPHRASE}\r`)
    await locking.shows(/is locked\./)
    expect(await locking.exited).toBe(0)
    const bob = await world.person('bob')
    const ada = onTerminal(home, 'join', 'lobby', '--nick', 'ada')
    await ada.shows(/Passphrase:/)
    ada.type(`${PASSPHRASE}\r`)
    expect(await bob.object('join', ({ nick }) => nick === 'ada')).toMatchObject({ identity })
    const prompts = (window: TerminalWindow, count: number) =>
      window.until(() => window.lines.filter(line => /Passphrase:/.test(line)).length === count)
    const unsure = onTerminal(home, 'send', 'lobby', 'hello')
    await unsure.shows(/Passphrase:/)
    unsure.type('wrong\r')
    await unsure.shows(/That passphrase does not open/)
    await prompts(unsure, 2)
    unsure.type(`${PASSPHRASE}\r`)
    expect(await unsure.exited).toBe(0)
    const wrong = onTerminal(home, 'send', 'lobby', 'hello')
    for (const count of [1, 2, 3]) {
      await prompts(wrong, count)
      wrong.type('wrong\r')
    }
    expect(await wrong.exited).toBe(2)
    for (const { written } of [locking, ada, unsure, wrong]) expect(written).not.toContain('horse')
  })

  test('opens for a service by the environment, and for nobody without it', async () => {
    const home = newHome()
    const identity = await identityIn(home)
    await world.run(['identity', 'lock'], inHome(home, { SWARMCHAT_NEW_PASSPHRASE: PASSPHRASE }))
    const without = await world.run(['send', 'lobby', 'hello'], inHome(home))
    expect(without.code).toBe(2)
    expect(without.stderr).toContain('The passphrase cannot be had')
    const ada = await inLobby(home, 'ada', { SWARMCHAT_PASSPHRASE: PASSPHRASE })
    expect(await ada.object('ready')).toMatchObject({ identity })
    // Who it is, and which rooms there are, needs no passphrase.
    const about = await world.run(['identity', 'show', '--json'], inHome(home))
    expect(JSON.parse(about.stdout)).toMatchObject({ identity, locked: true })
    expect((await world.run(['rooms'], inHome(home))).stdout).toContain('lobby')
    await ada.kill('SIGTERM')
    await world.run(['identity', 'unlock'], inHome(home, { SWARMCHAT_PASSPHRASE: PASSPHRASE }))
    expect(JSON.parse((await world.run(['whoami', '--json'], inHome(home))).stdout)).toMatchObject({
      identity
    })
    await inLobby(home, 'ada')
  })
})
