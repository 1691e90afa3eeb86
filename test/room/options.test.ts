import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { SwarmchatError } from '../../src/base/errors.js'
import { attachBot } from '../../src/bot/attach.js'
import { Bot } from '../../src/bot/bot.js'
import type { BotOptions, HearOptions } from '../../src/bot/bot-options.js'
import { freshIdentity } from '../../src/home/identity.js'
import {
  deliver,
  openNetworks,
  type RedeemOptions,
  Room,
  Rooms,
  redeemInvitation,
  Swarm,
  sendOnce,
  takeCensus,
  watchRoom
} from '../../src/index.js'
import { writeTicket } from '../../src/protocol/access/invitation-link.js'
import type { RoomOptions } from '../../src/room/room-options.js'
import type { SwarmOptions } from '../../src/swarm/swarm-options.js'
import { createTestRoom, type TestRoomOptions } from '../../src/testing/index.js'

// What callers in JavaScript get wrong: an error with a code and a hint, and no TypeError from somewhere inside.

type Wrong<O> = { readonly [Name in keyof O]-?: unknown }

const ROOM: Wrong<RoomOptions> = {
  name: 5,
  password: 5,
  secret: 'ab'.repeat(32),
  nick: 5,
  fallbackNick: 5,
  identity: 'ana',
  home: 5,
  networks: 'local',
  observer: 'yes',
  bot: 1,
  commands: 'roll',
  ephemeral: 'no',
  keep: { maxMessages: '100' },
  quiet: 0,
  relays: ['ab'.repeat(32)],
  volunteer: 'yes',
  onTrace: true,
  random: 0.5
}

const SWARM: Wrong<SwarmOptions> = {
  keyPair: { publicKey: 'ab' },
  seed: new Uint8Array(5),
  networks: 'local',
  keepNetworks: 1,
  dht: 'dht',
  bootstrap: ['127.0.0.1:49737'],
  maxPeers: '64',
  maxClientConnections: -1,
  maxServerConnections: Number.NaN,
  autoDial: 'no',
  firewall: true,
  liveness: 1,
  maxMessageBytes: 0,
  relayThrough: 'ab',
  onTrace: {},
  random: 0.5,
  maxParallel: 0,
  slotMillis: '1s',
  backoffs: 1_000,
  jitter: -1
}

const TEST_ROOM: Wrong<TestRoomOptions> = {
  members: 'ana',
  bots: [],
  seed: 'one',
  name: 5,
  start: '2024',
  patience: '1s',
  delay: '5ms',
  loss: 'none'
}

const BOT: Wrong<BotOptions> = {
  timeout: 'soon',
  pace: { perSecond: 0 },
  bots: 1,
  missed: 'yes',
  allow: 'ana'
}
const HEAR: Wrong<HearOptions> = { bots: 'yes', history: 1, missed: 0, allow: 'ana' }

const REDEEM: Wrong<RedeemOptions> = {
  identity: 'ana',
  networks: 'local',
  timeout: '1m',
  signal: {}
}

const TICKET = writeTicket({
  name: 'team',
  seed: new Uint8Array(16),
  inviter: freshIdentity().key,
  expires: Date.now() + 3_600_000
})

const homes = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(homes, 'home-'))
afterAll(() => rmSync(homes, { recursive: true, force: true }))
const [OPTION, NETWORK] = [/^BAD_OPTION: .* has to be /, /^BAD_NETWORK: /]

/** What is thrown, or rejected with: its code and sentence. */
async function thrownBy(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'nothing'
  } catch (thrown) {
    if (!(thrown instanceof SwarmchatError)) return String(thrown)
    return thrown.hint === '' ? 'no hint' : `${thrown.code}: ${thrown.message}`
  }
}

/** Something that JavaScript lets pass, and the compiler does not. */
// biome-ignore lint/suspicious/noExplicitAny: that is what this is about.
const any = (value: unknown): any => value

const casesOf = (wrong: object) => Object.entries(wrong)

describe('a wrong option is told, with its name, of', () => {
  test.each(casesOf(ROOM))('a room: %s', async (name, value) => {
    const options = any({ name: 'lobby', home: newHome(), [name]: value })
    expect(await thrownBy(() => Room.open(options))).toMatch(name === 'networks' ? NETWORK : OPTION)
  })

  test.each(casesOf(SWARM))('a swarm: %s', async (name, value) => {
    const thrown = await thrownBy(() => new Swarm(any({ [name]: value })))
    expect(thrown).toMatch(name === 'networks' ? NETWORK : OPTION)
    if (name !== 'networks') expect(thrown).toContain(`option ${name} of`)
  })

  test.each(casesOf(REDEEM))('an invitation: %s', async (name, value) => {
    const options = any({ identity: freshIdentity(), [name]: value })
    expect(await thrownBy(() => redeemInvitation(TICKET, options))).toMatch(
      name === 'networks' ? NETWORK : OPTION
    )
  })

  test.each(casesOf(TEST_ROOM))('a test room: %s', async (name, value) => {
    expect(await thrownBy(() => createTestRoom(any({ [name]: value })))).toMatch(OPTION)
  })

  test.each(casesOf(BOT))('a bot: %s', async (name, value) => {
    const code = name === 'timeout' ? /^BAD_DURATION: / : OPTION
    expect(await thrownBy(() => new Bot().configure(any({ [name]: value })))).toMatch(code)
  })

  test.each(casesOf(HEAR))('a handler: %s', async (name, value) => {
    const options = any({ [name]: value })
    expect(await thrownBy(() => new Bot().command('x', options, () => {}))).toMatch(OPTION)
    expect(await thrownBy(() => new Bot().hears(/x/, options, () => {}))).toMatch(OPTION)
    expect(await thrownBy(() => new Bot().on('join', options, () => {}))).toMatch(OPTION)
    expect(await thrownBy(() => new Bot().use(() => {}, options))).toMatch(OPTION)
  })
})

describe('networks that are none:', () => {
  const wrong: readonly unknown[] = [
    ['local'],
    [null],
    null,
    {},
    { mode: 'locl' },
    { mode: 'toString' },
    { mode: 'local', localPort: '28787' },
    { mode: 'public', publicBootstrap: ['node'] },
    { mode: 'isolated' },
    { mode: 'isolated', bootstrap: [{ host: '127.0.0.1' }] },
    { mode: 'lan', lan: { bind: 5 } },
    [{ dht: {} }]
  ]

  test.each(wrong)('%j', async networks => {
    const home = newHome()
    const options = any({ name: 'lobby', home, networks })
    expect(await thrownBy(() => Room.open(options))).toMatch(NETWORK)
    expect(await thrownBy(() => new Rooms(any({ networks })))).toMatch(NETWORK)
    expect(await thrownBy(() => new Swarm(any({ networks })))).toMatch(NETWORK)
    expect(await thrownBy(() => openNetworks(any(networks)))).toMatch(NETWORK)
  })
})

describe('something that an option lacks is told:', () => {
  const [room, key] = [{ name: 'lobby' }, { publicKey: new Uint8Array(32) }]
  const lacking: [string, () => unknown][] = [
    ['an identity', () => Room.open(any({ ...room, identity: {} }))],
    ['its keys', () => Room.open(any({ ...room, identity: { key: 'a', keyPair: key } }))],
    ['a key pair', () => new Swarm(any({ keyPair: key }))],
    ['a node', () => new Swarm(any({ dht: {} }))],
    ['a rate', () => new Bot().configure(any({ pace: { bots: { burst: 3 } } }))],
    ['a store', () => attachBot(any({}), () => {}, any({ storage: { load: () => {} } }))],
    ['a timeout', () => takeCensus(any({}), any({}))],
    ['how many', () => deliver(any({}), 'hi', any({ timeout: 1_000 }))]
  ]

  test.each(lacking)('%s', async (_, run) => {
    expect(await thrownBy(run)).toMatch(OPTION)
  })
})

test('what is no options at all is told', async () => {
  const whole = /^BAD_OPTION: .* takes an object of options, and was given /
  expect(await thrownBy(() => Room.open(any('lobby')))).toMatch(whole)
  expect(await thrownBy(() => Room.open(any(undefined)))).toMatch(whole)
  expect(await thrownBy(() => new Rooms(any('local')))).toMatch(whole)
  expect(await thrownBy(() => new Swarm(any(null)))).toMatch(whole)
  expect(await thrownBy(() => createTestRoom(any([])))).toMatch(whole)
  expect(await thrownBy(() => takeCensus(any({}), any(5)))).toMatch(whole)
  expect(await thrownBy(() => watchRoom(any({}), any(undefined)))).toMatch(whole)
  expect(await thrownBy(() => new Bot().configure(any('fast')))).toMatch(whole)
  expect(await thrownBy(() => new Rooms().open({ name: 'lobby' }, any(5)))).toBe(
    'BAD_OPTION: open of Rooms takes a function, and was given 5.'
  )
  expect(await thrownBy(() => Room.open(any({})))).toMatch(
    /^BAD_OPTION: The option name .* undefined/
  )
  const delivery = any({ wanted: 0, timeout: 1_000 })
  expect(await thrownBy(() => sendOnce(any({ name: 'lobby' }), 'hi', delivery))).toMatch(OPTION)
})

test('an invitation is not redeemed once that was given up', async () => {
  const networks = { mode: 'isolated', bootstrap: [] } as const
  const options = { identity: freshIdentity(), networks, signal: AbortSignal.abort() }
  await expect(redeemInvitation(TICKET, options)).rejects.toMatchObject({ name: 'AbortError' })
})

test('what a bot cannot hear, or obey, is told when it is declared', async () => {
  const given = /^BAD_OPTION: .* takes /
  const bot = new Bot()
  expect(await thrownBy(() => bot.on(any('mesage'), () => {}))).toMatch(OPTION)
  expect(await thrownBy(() => bot.on('join', any(undefined)))).toMatch(/^BAD_OPTION: /)
  expect(await thrownBy(() => bot.hears(any('hello'), () => {}))).toMatch(given)
  expect(await thrownBy(() => bot.use(any({})))).toMatch(given)
  expect(await thrownBy(() => bot.every('1h', any('say')))).toMatch(given)
  expect(await thrownBy(() => bot.cron('0 9 * * 1', any(undefined)))).toMatch(given)
  expect(await thrownBy(() => bot.cron('0 9 * * 1', () => {}, any({ timezone: 1 })))).toMatch(
    OPTION
  )
  expect(await thrownBy(() => bot.catch(any(1)))).toMatch(given)
  expect(await thrownBy(() => bot.command('x', any({})))).toMatch(/^BAD_COMMAND: /)
  expect(await thrownBy(() => attachBot(any({}), any({})))).toMatch(given)
})

test('what a room is told to say is text', async () => {
  const room = await createTestRoom({ members: ['ana'] })
  for (const text of [undefined, null, 5, {}])
    expect(await thrownBy(() => room.say('ana', any(text)))).toMatch(/^BAD_TEXT: /)
  await room.close()
})

test('a swarm takes no other options for a topic', async () => {
  const swarm = new Swarm({ networks: openNetworks({ mode: 'isolated', bootstrap: [] }) })
  const topic = new Uint8Array(32)
  expect(await thrownBy(() => swarm.join(topic, any({ server: 1 })))).toMatch(OPTION)
  expect(await thrownBy(() => swarm.join(topic, any('client')))).toMatch(/^BAD_OPTION: /)
  expect(await thrownBy(() => swarm.join(any(undefined)))).toMatch(/^BAD_TOPIC: /)
  const where = { network: 'local', host: '127.0.0.1', port: 4_000 }
  for (const wrong of [undefined, {}, { ...where, port: 70_000 }, { ...where, host: 5 }])
    expect(await thrownBy(() => swarm.dialAt(topic, any(wrong)))).toMatch(/^BAD_OPTION: /)
  expect(await thrownBy(() => swarm.dialAt(topic, any(where)))).toBe('nothing')
  await swarm.destroy()
})
