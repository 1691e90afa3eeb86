import { expect, test } from 'vitest'
import type { Cli } from '../support/cli.js'
import { heard, met, ready, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const lab = useLab()
const KEY = /listening: ([0-9a-f]{64})/

async function keyOf(cli: Cli, pattern: RegExp, said: Promise<string>): Promise<string> {
  await within(20_000, 'a key', said, [cli])
  return pattern.exec(await said)?.[1] ?? ''
}

async function startRelay(...flags: readonly string[]): Promise<string> {
  const relay = lab()
    .host('relay')
    .start(['relay', ...flags])
  return keyOf(relay, /--relay ([0-9a-f]{64})/, relay.line(/--relay/))
}

test('two behind randomising NATs connect through a dedicated relay', async () => {
  const key = await startRelay()
  const listening = lab().behind('randomising', 'a').start(['listen'])
  const to = await keyOf(listening, KEY, listening.error(KEY))
  const b = lab().behind('randomising', 'b')
  const alone = b.start(['connect', to])
  await within(30_000, 'without a relay it fails', alone.exited, [alone])
  expect(alone.child.exitCode).toBe(1)
  expect(alone.errors.join()).toMatch(/routers that cannot be crossed|No way through the routers/)
  const since = performance.now()
  const connecting = b.start(['connect', to, '--relay', key])
  await within(10_000, 'it connects', connecting.error(/connected/), [connecting])
  const took = Math.round(performance.now() - since)
  connecting.write('through the relay')
  await within(2_000, 'a line', listening.line(/through the relay/))
  record('randomising - randomising, connect --relay', { 'ms from start to connected': took })
})

test('whoever listens behind a randomising NAT may name the relay, and nobody else needs to', async () => {
  const key = await startRelay()
  const listening = lab().behind('randomising', 'a').start(['listen', '--relay', key])
  const to = await keyOf(listening, KEY, listening.error(KEY))
  const connecting = lab().behind('randomising', 'b').start(['connect', to])
  await within(30_000, 'connected', connecting.error(/^connected/), [listening, connecting])
  connecting.write('through the relay')
  await within(2_000, 'a line', listening.line(/through the relay/))
})

test('a room of two behind randomising NATs, with a relay that is no member', async () => {
  const key = await startRelay()
  const [a, b] = [lab().behind('randomising', 'a'), lab().behind('randomising', 'b')]
  const all = [
    a.join('lobby', 'ann', '--relay', key),
    b.join('lobby', 'ben', '--relay', key)
  ] as const
  await within(20_000, 'both are ready', ready(all), all)
  const took = await within(15_000, 'both have met', met(all), all)
  await within(2_000, 'a line', heard('hello', all[0], [all[1]]))
  record('randomising - randomising, join --relay', { 'ms to meet': took })
})

test('a member with an open address relays for two who ask for a stream to each other', async () => {
  const [a, b, c] = [
    lab().behind('randomising', 'a'),
    lab().behind('randomising', 'b'),
    lab().host('c')
  ]
  const [ann, ben, cleo] = [a, b, c].map((host, i) =>
    host.peer(`nick${i}`, lab().dht.bootstrap)
  ) as [Cli, Cli, Cli]
  const all = [ann, ben, cleo]
  await within(20_000, 'all are ready', ready(all), all)
  const { device } = await ben.object('ready')
  const relayed = ann.object('paths', ({ paths }) => pathIn(paths, device) === 'relayed')
  const took = await within(20_000, 'Ann reaches Ben through Cleo', relayed, all)
  record('randomising - randomising, over a relay that a member offers', { 'ms to a stream': took })
  expect(cleo.objects.some(({ relays }) => relays !== 0 && relays !== undefined)).toBe(false)
})

test('--no-relay: nobody is offered a relay, and the talk goes over the third all the same', async () => {
  const [a, b, c] = [
    lab().behind('randomising', 'a'),
    lab().behind('randomising', 'b'),
    lab().host('c')
  ]
  const [ann, ben] = [a, b].map((host, i) => host.join('lobby', `nick${i}`)) as [Cli, Cli]
  const cleo = c.join('lobby', 'cleo', '--no-relay')
  const all = [ann, ben, cleo]
  await within(20_000, 'all are ready', ready(all), all)
  await within(15_000, 'all have met', met(all), all)
  const look = lab().host('d').peer('look', lab().dht.bootstrap)
  await within(20_000, 'it is ready', look.object('ready'), [look])
  await within(
    15_000,
    'it has links',
    look.object('paths', ({ paths }) => Object.keys(paths as object).length > 1),
    [look]
  )
  await within(5_000, 'a line', heard('over the third', ann, [ben, cleo]), all)
  expect(look.objects.every(({ relays = 0 }) => relays === 0)).toBe(true)
})

test('a relay that is not there holds nobody up', async () => {
  const relay = ['--relay', 'ab'.repeat(32)]
  const [a, b] = [lab().behind('randomising', 'a'), lab().behind('consistent', 'b')]
  const all = [a.join('lobby', 'ann', ...relay), b.join('lobby', 'ben', ...relay)]
  await within(20_000, 'both are ready', ready(all), all)
  record('randomising - consistent, with a dead relay', {
    'ms to meet': await within(20_000, 'both have met', met(all), all)
  })
})

test('a relay hangs up on who takes more than its limit, and goes on', async () => {
  const relay = lab().host('relay').start(['relay', '--limit', '10'])
  const key = await keyOf(relay, /--relay ([0-9a-f]{64})/, relay.line(/--relay/))
  const listening = lab().behind('randomising', 'a').start(['listen'])
  const to = await keyOf(listening, KEY, listening.error(KEY))
  const connecting = lab().behind('randomising', 'b').start(['connect', to, '--relay', key])
  await within(10_000, 'it connects', connecting.error(/connected/), [connecting])
  for (let i = 0; i < 2_000; i += 1) connecting.write('x'.repeat(1_000))
  await within(30_000, 'it is cut', relay.error(/, 1 cut/), [relay, connecting])
  const again = lab().behind('randomising', 'c').start(['connect', to, '--relay', key])
  await within(20_000, 'another one is let in', again.error(/connected/), [again])
})

test('a key that no relay listens under: one sentence', async () => {
  const listening = lab().behind('randomising', 'a').start(['listen'])
  const to = await keyOf(listening, KEY, listening.error(KEY))
  const b = lab().behind('randomising', 'b')
  const connecting = b.start(['connect', to, '--relay', 'ab'.repeat(32)])
  const took = await within(60_000, 'it gives up', connecting.exited, [connecting])
  record('connect --relay, no relay there', { 'ms to give up': took })
  expect(connecting.child.exitCode).toBe(1)
  expect(connecting.errors).toHaveLength(2)
  const bad = b.start(['connect', to, '--relay', 'abc'])
  await within(10_000, 'it refuses', bad.exited, [bad])
  expect(bad.child.exitCode).toBe(2)
  expect(bad.errors.join('\n')).toMatch(/not a public key: it has 3 digits/)
})

function pathIn(paths: unknown, device: unknown): unknown {
  return (paths as Record<string, unknown>)[String(device)]
}
