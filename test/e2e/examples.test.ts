import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newHome } from '../support/cli.js'
import { freePort } from '../support/free-port.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, hears, knows, logOf } from './bot-world.js'

const world = useCli(new BotWorld())

test('dice, poll and karma share a room', async () => {
  await Promise.all(
    ['dice', 'poll', 'karma'].map(name => world.bot(['lobby', `examples/${name}.ts`]))
  )
  const ana = await world.person('ana')
  await Promise.all(['dice', 'poll', 'karma'].map(nick => knows(ana, nick)))
  ana.say('/roll 2d6')
  await hears(ana, /^ana: \d+ \(\d \+ \d\)$/)
  ana.say('/poll "Pizza?" yes no')
  await hears(ana, /ana asks: Pizza\?/)
  ana.say('/vote 1')
  await hears(ana, /your vote: yes/)
  ana.say('/results')
  await hears(ana, /^Pizza\?.*\nyes: 1\nno: 0$/)
  ana.say('ben++')
  await hears(ana, /^ben: 1$/)
})

test('remind tells what was due while it was away', async () => {
  const home = newHome()
  const bot = await world.bot(['lobby', 'examples/remind.ts'], {}, home)
  const ana = await world.person('ana')
  await knows(ana, 'remind')
  ana.say('/remind 100ms the tea is ready')
  await hears(ana, /reminder 1 is set/)
  await bot.kill('SIGKILL')
  await world.bot(['lobby', 'examples/remind.ts'], {}, home)
  await hears(ana, /^ana: the tea is ready$/)
})

test('logger writes down what happens', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'lobby.log')
  const bot = await world.bot(['lobby', 'examples/logger.ts'], { LOG_FILE: file })
  const ana = await world.person('ana')
  await knows(ana, 'logger')
  ana.say('for the record')
  await ana.object('receipt', ({ have }) => Number(have) >= 1)
  expect(await bot.kill('SIGTERM')).toBe(0)
  const entries = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(entries).toContainEqual(
    expect.objectContaining({ type: 'message', nick: 'ana', text: 'for the record' })
  )
})

test('webhook speaks what a signed POST brings, once, and calls a URL on mentions', async () => {
  const secret = 'a secret of 32 characters, at least'
  const port = await freePort()
  const requests: { body: string; path: string; signature: unknown; timestamp: unknown }[] = []
  const receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { 'x-signature': signature, 'x-timestamp': timestamp } = request.headers
    requests.push({ body, path: request.url ?? '', signature, timestamp })
    response.end()
    receiver.emit('taken')
  })
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  const sign = (timestamp: string, body: string, path = '/lobby') =>
    `sha256=${createHmac('sha256', secret).update(`${timestamp}\n${path}\n${body}`).digest('hex')}`
  const env = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'env')
  writeFileSync(env, `WEBHOOK_SECRET="${secret}"\nWEBHOOK_PORT=${port}\nWEBHOOK_URL=${url}\n`)
  const bot = await world.bot(['lobby', 'examples/webhook.ts', '--env-file', env])
  await bot.error(/listening/)
  const ana = await world.person('ana')
  await knows(ana, 'webhook')
  const post = (
    body: string,
    signature?: string,
    timestamp = String(Math.floor(Date.now() / 1000))
  ) =>
    fetch(`http://127.0.0.1:${port}/lobby`, {
      method: 'POST',
      body,
      headers: { 'X-Timestamp': timestamp, 'X-Signature': signature ?? sign(timestamp, body) }
    }).then(({ status }) => status)
  const body = JSON.stringify({ text: 'the build is green' })
  expect(await post(body)).toBe(202)
  await hears(ana, /^the build is green$/)
  expect(await post(body, 'sha256=00')).toBe(401)
  expect(await post('not json')).toBe(400)
  expect(await post(body, undefined, '1000')).toBe(401)
  expect(await post('x'.repeat(70_000))).toBe(413)
  const again = String(Math.floor(Date.now() / 1000) + 1)
  expect(await post(body, undefined, again)).toBe(202)
  expect(await post(body, undefined, again)).toBe(401)
  const taken = once(receiver, 'taken')
  ana.say('hello')
  ana.say('@webhook: deploy it')
  await taken
  expect(requests).toHaveLength(1)
  const none = { body: '', path: '', signature: '', timestamp: '' }
  const [{ body: told, path, signature, timestamp } = none] = requests
  expect(JSON.parse(told)).toMatchObject({
    room: 'lobby',
    nick: 'ana',
    text: '@webhook: deploy it'
  })
  expect(path).toBe('/hook')
  expect(signature).toBe(sign(String(timestamp), told, path))
  expect(JSON.stringify(logOf(bot))).not.toContain(secret)
  receiver.close()
})

test('welcome.py welcomes who comes, and leaves with the bot', async () => {
  const bot = await world.bot(['lobby', '--', 'python3', 'examples/welcome.py'])
  const ana = await world.person('ana')
  await hears(ana, /^Welcome, ana!$/)
  ana.say('/hello')
  await hears(ana, /^Hello, ana\.$/)
  expect(logOf(bot).some(({ message }) => message === 'welcoming in lobby')).toBe(true)
  expect(await knows(ana, 'welcome')).toBeTruthy()
  expect(await bot.kill('SIGTERM')).toBe(0)
})

test('disk-alert.sh tells of a full disk, once, and answers', async () => {
  const env = { DISK_LIMIT: '0', DISK_SECONDS: '1' }
  const ana = await world.person('ana')
  const bot = await world.bot(['lobby', '--', 'bash', 'examples/disk-alert.sh'], env)
  await hears(ana, /: \/ is \d+% full$/)
  await knows(ana, 'disk-alert')
  ana.say('/disk')
  await ana.object('message', ({ id }) => {
    const alerts = ana.objects.filter(
      o => o.type === 'message' && /is \d+% full$/.test(String(o.text))
    )
    return alerts.length === 2 && alerts[1]?.id === id
  })
  expect(await bot.kill('SIGTERM')).toBe(0)
})
