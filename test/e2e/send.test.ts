import { describe, expect, test } from 'vitest'
import { type Cli, newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

/** A member that hears what is said. */
const listener = (room = 'lobby') => world.person('ana', room)

/** Sends; `input` is what comes on standard input. */
const send = (words: readonly string[], input: string | Buffer = '') =>
  world.run(['send', ...words], {}, input)

const heard = (cli: Cli, text: string) => cli.object('message', o => o.text === text)

test('nobody is told that the sender came or went, and everybody sees its nick', async () => {
  const ana = await listener()
  expect(await send(['lobby', 'hello', '--nick', 'deploy'])).toMatchObject({ code: 0, stderr: '' })
  expect(await heard(ana, 'hello')).toMatchObject({ nick: 'deploy' })
  expect(await send(['lobby', 'again', '--nick', 'deploy'])).toMatchObject({ code: 0 })
  await heard(ana, 'again')
  // Whatever was told of the first sender has come by now: it has left before the second came.
  expect(
    ana.objects.map(({ type }) => type).filter(type => /join|leave|rename/.test(type))
  ).toEqual([])
})

test('without --nick it is said by who we are there: in a chat that runs, else by the setting', async () => {
  const ana = await listener()
  const SWARMCHAT_HOME = newHome()
  const sendAtHome = (text: string) => world.run(['send', 'lobby', text], { SWARMCHAT_HOME })
  const bob = world.start(['join', 'lobby', '--json', '--nick', 'bob'], {}, SWARMCHAT_HOME)
  await bob.object('ready')
  expect(await sendAtHome('beside a chat')).toMatchObject({ code: 0 })
  expect(await heard(ana, 'beside a chat')).toMatchObject({ nick: 'bob' })
  await world.run(['config', 'set', 'nick', 'rob'], { SWARMCHAT_HOME })
  expect(await sendAtHome('by the setting')).toMatchObject({ code: 0 })
  expect(await heard(ana, 'by the setting')).toMatchObject({ nick: 'rob' })
})

test('several words are one text', async () => {
  const ana = await listener()
  expect(await send(['lobby', 'the', 'build', '--wait', '1', 'is', 'green'])).toMatchObject({
    code: 0,
    stdout: '1 member got it.'
  })
  await heard(ana, 'the build is green')
})

test('a text that begins with dashes comes after --', async () => {
  const ana = await listener()
  expect(await send(['lobby', '--', '--- cut here ---'])).toMatchObject({ code: 0 })
  await heard(ana, '--- cut here ---')
  const { code, stderr } = await send(['lobby', '--- cut here ---'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/If the text begins with a dash, put -- before it/)
})

describe('standard input', () => {
  test('is the text: without words, with -, with a byte order mark, of several lines', async () => {
    const ana = await listener()
    const sent = await Promise.all([
      send(['lobby'], 'without words\n'),
      send(['lobby', '-'], 'with a dash'),
      send(['lobby'], '\u{FEFF}with a mark\r\n'),
      send(['lobby'], 'two\n\nlines\n\n')
    ])
    expect(sent.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    for (const text of ['without words', 'with a dash', 'with a mark', 'two\n\nlines'])
      await heard(ana, text)
  })

  test('in UTF-16 is said to be, and nothing is sent', async () => {
    const { code, stderr } = await send(['lobby'], Buffer.from('\u{FEFF}hi', 'utf16le'))
    expect(code).toBe(2)
    expect(stderr).toMatch(/^swarmchat: Standard input cannot be understood: it is UTF-16/)
  })

  test('that is empty is no text', async () => {
    expect(await send(['lobby'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^swarmchat: That cannot be sent: it is empty\./)
    })
  })

  test('names the room with -, and then holds the text', async () => {
    const ana = await listener('a secret name')
    expect(await send(['-'], 'a secret name\nwho knows?\n')).toMatchObject({ code: 0 })
    await heard(ana, 'who knows?')
    expect(await send(['-', 'and', 'words'], 'a secret name\n')).toMatchObject({ code: 0 })
    await heard(ana, 'and words')
  })
})

test('--json: how many have it, also where that is too few', async () => {
  await listener()
  const enough = await send(['lobby', 'hi', '--json'])
  expect({ ...enough, stdout: JSON.parse(enough.stdout) }).toEqual({
    code: 0,
    stdout: { type: 'sent', have: 1, wanted: 1 },
    stderr: ''
  })
  const few = await send(['lobby', 'hi', '--json', '--wait', '50', '--timeout', '2'])
  expect(JSON.parse(few.stdout)).toEqual({ type: 'sent', have: 1, wanted: 50, kept: true })
  expect(few.code).toBe(1)
})

test('too few: says how many, and how many were asked for', async () => {
  await listener()
  const { code, stderr } = await send(['lobby', 'hi', '--wait', '50', '--timeout', '2'])
  expect(stderr).toMatch(/^swarmchat: 1 member got it within 2 s; --wait asked for 50\.$/m)
  expect(code).toBe(1)
})

test('other commands take the room from standard input, too', async () => {
  const home = newHome()
  const ask = (args: readonly string[], input = '') =>
    world.run(args, { SWARMCHAT_HOME: home }, input)
  const { stdout: topic } = await ask(['topic', 'lobby'])
  const told = await ask(['topic', '-', '--json'], '#Lobby\nnext\n')
  expect(JSON.parse(told.stdout)).toEqual({ type: 'topic', room: 'lobby', topic })
  const chat = world.start(['join', '-'], {}, home)
  const ana = await listener()
  chat.child.stdin.write('lobby\nthe first line\n')
  await heard(ana, 'the first line')
  const peers = world.start(['peers', '-', '--json'])
  peers.child.stdin.end('lobby')
  await peers.object('peer', o => o.state === 'verified')
  const me = await ask(['whoami', '--json'])
  expect(JSON.parse(me.stdout)).toMatchObject({
    type: 'identity',
    identity: expect.stringMatching(/^[0-9a-f]{64}$/)
  })
})
