import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { Cli } from '../support/cli.js'
import { newHome } from '../support/cli.js'
import type { Nat } from './lab/home.js'
import type { Host } from './lab/host.js'
import { met, ready, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

// Figures for docs/measurements.md. They take 25 minutes: npm run test:nat:all
const lab = useLab()
const RUNS = 20
const MINUTE = 60_000
const KEY = /listening: ([0-9a-f]{64})/

type Place = Nat | 'open'

function put(place: Place, name: string): Host {
  return place === 'open' ? lab().host(name) : lab().behind(place, name)
}

function summary(times: readonly number[]): Record<string, number> {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  return {
    runs: sorted.length,
    'ms at best': at(0),
    median: at(0.5),
    'at 95 %': at(0.95),
    'at worst': at(1)
  }
}

async function startRelay(): Promise<string> {
  const relay = lab().host('relay').start(['relay', '--limit', '1000000'])
  return (await relay.line(/--relay/)).split(' ')[1] ?? ''
}

/** From both being ready to both having been told of the other, each time in another room with new members. */
async function meetings(a: Host, b: Host, flags: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const start = (host: Host, nick: string) =>
      host.start(['join', `room ${run}`, '--json', '--nick', nick, ...flags], {
        SWARMCHAT_HOME: newHome()
      })
    const all = [start(a, 'ann'), start(b, 'ben')]
    await within(30_000, 'both are ready', ready(all), all)
    times.push(await within(MINUTE, 'both have met', met(all), all))
    await Promise.all([a.stop(), b.stop()])
  }
  return times
}

/** Megabytes per second from a connect to a listen. */
async function throughput(a: Host, b: Host, flags: readonly string[], megabytes: number) {
  const listening = a.start(['listen'])
  const to = KEY.exec(await listening.error(KEY))?.[1] ?? ''
  const connecting = b.start(['connect', to, ...flags])
  await connecting.error(/^connected/)
  listening.child.stdin.end()
  const since = performance.now()
  const line = `${'x'.repeat(99_999)}\n`
  for (let n = 0; n < megabytes * 10; n += 1) {
    if (!connecting.child.stdin.write(line)) await once(connecting.child.stdin, 'drain')
  }
  connecting.child.stdin.end()
  await listening.until(() => listening.lines.length >= megabytes * 10)
  return {
    'MB/s': Number((megabytes / ((performance.now() - since) / 1000)).toFixed(1)),
    ...check(listening, line)
  }
}

function check(listening: Cli, line: string): Record<string, never> {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  expect(new Set(listening.lines.map(hash))).toEqual(new Set([hash(line.trim())]))
  return {}
}

describe.runIf(process.env.SWARMCHAT_LAB === 'all')('figures', () => {
  test.each([
    ['open', 'open'],
    ['open', 'consistent'],
    ['open', 'randomising'],
    ['consistent', 'consistent'],
    ['randomising', 'consistent']
  ] as const)('dial times, %s - %s', { timeout: 30 * MINUTE }, async (one, other) => {
    record(`dial, ${one} - ${other}`, summary(await meetings(put(one, 'a'), put(other, 'b'), [])))
  })

  test('dial times, behind one router', { timeout: 30 * MINUTE }, async () => {
    const home = lab().home('consistent')
    const [a, b] = [lab().host('a', home), lab().host('b', home)]
    record('dial, one router', summary(await meetings(a, b, [])))
  })

  test('dial times, randomising - randomising through a relay', {
    timeout: 30 * MINUTE
  }, async () => {
    const flags = ['--relay', await startRelay()]
    const [a, b] = [put('randomising', 'a'), put('randomising', 'b')]
    record('dial, randomising - randomising, relayed', summary(await meetings(a, b, flags)))
  })

  test('throughput, direct and relayed', { timeout: 10 * MINUTE }, async () => {
    const [a, b] = [put('consistent', 'a'), put('consistent', 'b')]
    record('throughput, direct', await throughput(a, b, [], 100))
    const flags = ['--relay', await startRelay()]
    const [c, d] = [put('randomising', 'c'), put('randomising', 'd')]
    record('throughput, relayed', await throughput(c, d, flags, 100))
  })

  test('a relayed stream becomes a direct one where a way is found', {
    timeout: 10 * MINUTE
  }, async () => {
    const [a, b, c] = [
      lab().behind('randomising', 'a'),
      lab().behind('consistent', 'b'),
      lab().host('c')
    ]
    const cleo = c.peer('cleo', lab().dht.bootstrap)
    await within(20_000, 'Cleo is ready', cleo.object('ready'), [cleo])
    const [ann, ben] = [a, b].map((host, i) => host.peer(`nick${i}`, lab().dht.bootstrap)) as [
      Cli,
      Cli
    ]
    const all = [ann, ben, cleo]
    await within(20_000, 'all are ready', ready(all), all)
    const { device } = await ben.object('ready')
    const direct = ann.object(
      'paths',
      ({ paths }) => (paths as Record<string, unknown>)[String(device)] === 'direct'
    )
    const took = await within(5 * MINUTE, 'Ann reaches Ben directly', direct, all)
    const before = ann.objects.some(
      ({ paths }) => paths && (paths as Record<string, unknown>)[String(device)] === 'relayed'
    )
    record('randomising - consistent, a relay offered', {
      'ms to a direct stream': took,
      'relayed before': String(before)
    })
  })

  test('traffic of an idle member', { timeout: 20 * MINUTE }, async () => {
    const [a, b] = [put('consistent', 'a'), put('open', 'b')]
    const here = lab().host('here', lab().home('none'), { SWARMCHAT_NETWORK: 'local' })
    const neighbour = here.start(['join', 'lobby', '--json'], { SWARMCHAT_HOME: newHome() })
    const all = [a.join('lobby', 'ann'), b.join('lobby', 'ben')]
    await within(30_000, 'all have met', met(all), all)
    const two = [neighbour, here.join('lobby', 'dan')]
    await within(30_000, 'both have met', met(two), two)
    await new Promise(resolve => setTimeout(resolve, MINUTE))
    const before = [a.traffic(), b.traffic(), here.traffic('lo')]
    // Longer than any interval of announcing again.
    await new Promise(resolve => setTimeout(resolve, 13 * MINUTE))
    const after = [a.traffic(), b.traffic(), here.traffic('lo')]
    for (const [i, name] of ['behind a NAT', 'open', 'local, two members together'].entries()) {
      const [then, now] = [before[i], after[i]]
      const hourly = (way: 'in' | 'out') =>
        Math.round((((now?.[way] ?? 0) - (then?.[way] ?? 0)) / 13) * 60) / 1e6
      record(`idle for an hour, ${name}`, {
        'MB out': hourly('out').toFixed(2),
        'MB in': hourly('in').toFixed(2)
      })
    }
  })
})
