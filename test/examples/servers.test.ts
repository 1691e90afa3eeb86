import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseLine } from '../../examples/irc-client.js'
import { createTestRoom } from '../../src/testing/index.js'
import { freePort } from '../support/free-port.js'

beforeEach(() => vi.resetModules())
afterEach(() => vi.unstubAllEnvs())

test('webhook: says what is signed, and nothing else', async () => {
  const port = await freePort()
  vi.stubEnv('WEBHOOK_SECRET', 'sixteen characters')
  vi.stubEnv('WEBHOOK_PORT', String(port))
  const { default: webhook } = await import('../../examples/webhook.js')
  const room = await createTestRoom({ members: ['ana'], bots: { webhook } })
  const post = async (
    body: string,
    secret = 'sixteen characters',
    path = '/test',
    signedPath = path
  ) => {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signed = `${timestamp}\n${signedPath}\n${body}`
    const signature = createHmac('sha256', secret).update(signed).digest('hex')
    const headers = { 'X-Timestamp': timestamp, 'X-Signature': `sha256=${signature}` }
    const { status } = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers
    })
    return status
  }
  expect(await post('{"text":"hello"}')).toBe(202)
  expect(await post('{"text":"forged"}', 'another secret')).toBe(401)
  expect(await post('{"text":"elsewhere"}', undefined, '/other')).toBe(404)
  expect(await post('{"text":"for another room"}', undefined, '/test', '/other')).toBe(401)
  expect(await post('b\n{"text":"shifted"}', undefined, '/test', '/test\na')).toBe(401)
  await room.advance('1s')
  expect(room.transcript()).toEqual(['webhook: hello'])
  await room.close()
  await expect(post('{"text":"closed"}')).rejects.toThrow()
})

/** As much of an IRC server as a client needs to be in a channel. */
async function fakeIrc() {
  const heard: string[] = []
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    createInterface({ input: socket }).on('line', line => {
      heard.push(line)
      if (line.startsWith('USER')) socket.write(':srv 001 bridge :welcome\r\nPING :x\r\n')
      if (line.startsWith('JOIN')) socket.write(':bridge!u@h JOIN #test\r\n')
      server.emit('line')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const say = (line: string) => sockets.at(-1)?.write(`${line}\r\n`)
  const hears = async (wanted: string) => {
    while (!heard.includes(wanted)) await once(server, 'line')
  }
  return { heard, hears, port, say, close: () => server.close() }
}

test('irc-bridge: both ways, without control characters, and nothing of its own', async () => {
  const irc = await fakeIrc()
  vi.stubEnv('IRC_PORT', String(irc.port))
  vi.stubEnv('IRC_CHANNEL', '#test')
  vi.stubEnv('IRC_NICK', 'bridge')
  const { default: bridge } = await import('../../examples/irc-bridge.js')
  const room = await createTestRoom({ members: ['ana'], bots: { bridge } })
  await irc.hears('JOIN #test')
  await irc.hears('PONG :x')
  await room.say('ana', 'hi\nthere\u0007')
  await irc.hears('PRIVMSG #test :<ana> hi ⏎ there')
  for (const text of [
    '\u0002bold\u0002 \u000304,12red',
    '\u0001ACTION waves\u0001',
    '\u0001VERSION\u0001'
  ])
    irc.say(`:ivo!u@h PRIVMSG #test :${text}`)
  irc.say(':bridge!u@h PRIVMSG #test :an echo')
  irc.say(':ivo!u@h PRIVMSG bridge :in private')
  irc.say('PING :last')
  await irc.hears('PONG :last')
  await room.advance('2s')
  expect(room.transcript().slice(1)).toEqual(['bridge: <ivo> bold red', 'bridge: * ivo waves'])
  await room.close()
  irc.close()
})

test('irc-bridge: a nick that could be taken for another has a key beside it', async () => {
  const irc = await fakeIrc()
  vi.stubEnv('IRC_PORT', String(irc.port))
  vi.stubEnv('IRC_CHANNEL', '#test')
  vi.stubEnv('IRC_NICK', 'bridge')
  const { default: bridge } = await import('../../examples/irc-bridge.js')
  const room = await createTestRoom({
    members: ['ana', 'bob: yes', 'bob', 'АNА', 'x\u000f> hi'],
    bots: { bridge }
  })
  const keyOf = (nick: string) =>
    room
      .messages()
      .find(m => m.nick === nick)
      ?.from.slice(0, 8)
  const passedOn = async (nick: string, name: (key: string | undefined) => string) => {
    await room.say(nick, 'hello')
    await irc.hears(`PRIVMSG #test :<${name(keyOf(nick))}> hello`)
  }
  await irc.hears('JOIN #test')
  await passedOn('bob', () => 'bob')
  await passedOn('bob: yes', key => `bob: yes (${key})`)
  await passedOn('x\u000f> hi', key => `x> hi (${key})`)
  await passedOn('АNА', key => `АNА (${key})`)
  await passedOn('ana', key => `ana (${key})`)
  await room.leave('bob')
  await room.join('Bob')
  await passedOn('Bob', key => `Bob (${key})`)
  await room.close()
  irc.close()
})

test.each([
  [':n!u@h PRIVMSG #c :a :b', { nick: 'n', command: 'PRIVMSG', params: ['#c', 'a :b'] }],
  ['PING :x', { nick: '', command: 'PING', params: ['x'] }],
  [':srv 433 * nick :taken', { nick: 'srv', command: '433', params: ['*', 'nick', 'taken'] }],
  ['', { nick: '', command: '', params: [] }]
])('reads the line %j', (text, line) => {
  expect(parseLine(text)).toEqual(line)
})
