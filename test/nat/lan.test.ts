import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Cli } from '../support/cli.js'
import type { Host } from './lab/host.js'
import { shell } from './lab/shell.js'
import { heard, met, ready, tally, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const STRANGER = fileURLToPath(new URL('./lan-stranger.mjs', import.meta.url))
const lab = useLab()
const NOTHING = {}

/** So many hosts on one switch, from which nothing leads anywhere. */
function household(count: number, environment: Record<string, string> = NOTHING): Host[] {
  const home = lab().home('none')
  return Array.from({ length: count }, (_, i) => lab().host(`h${i}`, home, environment))
}

test('three hosts on a LAN with no way out chat in under 3 s; the hub is cut off, and a fourth joins', async () => {
  const hosts = household(4, lab().everything())
  const since = performance.now()
  const all = hosts.slice(0, 3).map((host, i) => host.join('lobby', `nick${i}`))
  const [a, b, c] = all
  const [hostA, hostB, hostC, hostD] = hosts
  if (!a || !b || !c || !hostA || !hostB || !hostC || !hostD) throw new Error('three are needed')
  await within(20_000, 'all are ready', ready(all), all)
  const ms = Math.round(performance.now() - since)
  const meeting = await within(3_000, 'all have met', met(all), all)
  const line = await within(1_000, 'a line', heard('hello', a, [b, c]), all)
  record('LAN with no way out, auto', {
    'ms to ready': ms,
    'ms more to meet': meeting,
    'ms a line': line
  })
  const hub = hosts.slice(0, 3).find(isHub)
  if (hub === undefined) throw new Error('nobody is the hub')
  hub.setLink(false)
  const left = all.filter((_, i) => hosts[i] !== hub)
  const [one, other] = left
  if (!one || !other) throw new Error('two are left')
  await within(2_000, 'the others still chat', heard('still here?', one, [other]), left)
  const dora = hostD.join('lobby', 'dora')
  const everybody = [one, other, dora]
  const joining = await within(20_000, 'a fourth has met both', met(everybody), everybody)
  await within(1_000, 'a line', heard('hello from the fourth', dora, [one, other]), everybody)
  record('LAN, the hub cut off, a fourth starts at once', { 'ms to meet both': joining })
  hub.setLink(true)
  const again = await within(30_000, 'the lost one is back', met([...all, dora]), [...all, dora])
  record('LAN, the cable plugged in again', { 'ms until all know all': again })
  for (const cli of everybody) for (const [, count] of tally(cli)) expect(count).toBe(1)
})

test('--network lan alone, and processes of one host share its hub', async () => {
  const [h0, h1] = household(2)
  if (!h0 || !h1) throw new Error('two are needed')
  const all = [
    h0.join('lobby', 'ann', '--network', 'lan'),
    h1.join('lobby', 'ben', '--network', 'lan')
  ]
  all.push(
    h1.start(['join', 'lobby', '--json', '--nick', 'cleo', '--network', 'lan'], {
      SWARMCHAT_HOME: `${h1.home}-2`
    })
  )
  await within(20_000, 'all are ready', ready(all), all)
  await within(5_000, 'all have met', met(all), all)
  expect([h0, h1].filter(isHub)).toHaveLength(1)
})

test('strangers: their junk is passed over, and what everybody on the LAN hears holds no room, no name and no topic', async () => {
  const [h0, h1, h2] = household(3)
  if (!h0 || !h1 || !h2) throw new Error('three are needed')
  const neighbour = stranger(h2)
  await neighbour.line(/listening/)
  const all = [h0, h1].map((host, i) => host.join('tea-party', `nick${i}`, '--network', 'lan'))
  await within(20_000, 'all are ready', ready(all), all)
  await within(5_000, 'all have met', met(all), all)
  await neighbour.line(/_swarmchat/)
  const told = neighbour.lines.filter(line => line.includes('_swarmchat')).join('\n')
  const { topic, identity } = (await all[0]?.object('ready')) ?? { topic: '', identity: '' }
  expect(topic).toMatch(/^[0-9a-f]{64}$/)
  for (const secret of ['tea-party', 'nick0', topic, identity, hostname()]) {
    expect(told).not.toContain(String(secret))
  }
  await neighbour.kill()
})

test("a stranger's program on the hub port: one clear sentence, and the other networks go on", async () => {
  const [h0] = household(1, lab().everything())
  if (!h0) throw new Error('one is needed')
  const thief = stranger(h0, '28787')
  await thief.line(/listening/)
  const ann = h0.join('lobby', 'ann')
  await within(20_000, 'ready', ann.object('ready'), [ann])
  const said = ann.object('status', line => line.network === 'lan' && line.state === 'offline')
  await within(15_000, 'it is told', said, [ann])
  expect((await said).text).toMatch(
    /lan: Port 28787 of 192\.168\.\d+\.\d+ is taken by another program/
  )
  expect((await said).text).toMatch(/local: ok/)
  await thief.kill()
})

test('what an idle pair sends on a LAN', async () => {
  const [h0, h1] = household(2)
  if (!h0 || !h1) throw new Error('two are needed')
  const all = [h0, h1].map((host, i) => host.join('lobby', `nick${i}`, '--network', 'lan'))
  await within(20_000, 'all are ready', ready(all), all)
  await within(5_000, 'both have met', met(all), all)
  const before = [h0, h1].map(host => host.traffic().out)
  await new Promise(resolve => setTimeout(resolve, 20_000))
  const kilobytes = [h0, h1].map(
    (host, i) => ((host.traffic().out - (before[i] ?? 0)) * 180) / 1000
  )
  record('LAN, idle, two members', {
    'kB per hour sent by each': kilobytes.map(Math.round).join(' ')
  })
  for (const each of kilobytes) expect(each).toBeLessThan(20_000)
})

/** Somebody else's program on this host: hears mDNS and talks junk there, and holds a port where one is given. */
function stranger(host: Host, ...args: readonly string[]): Cli {
  return new Cli([], { NODE_OPTIONS: '' }, [
    ...host.namespace.entrance,
    process.execPath,
    STRANGER,
    host.address,
    ...args
  ])
}

/** The host on which the hub of the LAN listens. */
function isHub({ address, namespace }: Host): boolean {
  const at = address
    .split('.')
    .map(n => Number(n).toString(16).padStart(2, '0'))
    .toReversed()
  const sockets = shell('ip', 'netns', 'exec', namespace.name, 'cat', '/proc/net/tcp')
  return new RegExp(` ${at.join('')}:7073 00000000:0000 0A`, 'i').test(sockets)
}
