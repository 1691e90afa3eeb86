import { expect, test } from 'vitest'
import type { Cli, Line } from '../support/cli.js'
import type { Host } from './lab/host.js'
import { heard, met, ready, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const lab = useLab()

/** What `swarmchat doctor --json` says on this host. */
async function doctor(host: Host, ...args: string[]) {
  const cli = host.start(['doctor', '--json', ...args])
  const took = await within(40_000, 'the check-up ends', cli.exited, [cli])
  const find = (check: string, about: string) =>
    cli.objects.find(line => line.check === check && line.about === about)
  const peers = cli.objects.filter(line => line.type === 'peer')
  return { code: await cli.exited, took, nat: find('nat', 'isolated'), find, peers }
}

test('the NAT class, and how it was found: open, consistent, randomising', async () => {
  const hosts = [
    lab().host('open'),
    lab().behind('consistent', 'c'),
    lab().behind('randomising', 'r')
  ]
  const [open, consistent, randomising] = await Promise.all(hosts.map(host => doctor(host)))
  expect(open?.nat).toMatchObject({ nat: 'open' })
  expect(consistent?.nat).toMatchObject({ nat: 'consistent' })
  expect(consistent?.nat?.how).toMatch(
    /^\d+ nodes at 4 addresses all saw us at 203\.0\.113\.\d+:\d+$/
  )
  expect(randomising?.nat).toMatchObject({ nat: 'randomising', state: 'warning' })
  expect(randomising?.nat?.how).toMatch(/^\d+ nodes at 4 addresses saw us at \d+ different places$/)
  for (const each of [open, consistent, randomising]) expect(each?.code).toBe(0)
  record('doctor', { 'ms open': open?.took ?? 0, 'ms randomising': randomising?.took ?? 0 })
})

test('A, B randomising, nobody else: doctor and /why say so in one sentence', async () => {
  const [a, b] = [lab().behind('randomising', 'a'), lab().behind('randomising', 'b')]
  const ann = a.join('lobby', 'ann')
  await within(20_000, 'ready', ann.object('ready'), [ann])
  const { code, peers } = await doctor(b, 'lobby', '--timeout', '20')
  const [peer] = peers
  expect(peer).toMatchObject({ reach: 'unreachable', verified: false })
  expect(peer?.text).toMatch(/^Both NATs randomise: .* cannot be crossed directly/)
  expect(peer?.hint).toMatch(/Any third member .* a relay helps as well/)
  expect(code).toBe(1)
})

test('A, B randomising, C open: doctor tells direct ways from others', async () => {
  const [a, c] = [lab().behind('randomising', 'a'), lab().host('c')]
  const all: [Cli, Cli] = [a.join('lobby', 'ann'), c.join('lobby', 'cleo')]
  await within(20_000, 'both are ready', ready(all), all)
  await within(15_000, 'both have met', met(all), all)
  await within(2_000, 'a line', heard('hello', all[0], [all[1]]), all)
  const { peers, code } = await doctor(lab().behind('randomising', 'b'), 'lobby', '--timeout', '15')
  const of = async (cli: Cli) => {
    const { identity } = await cli.object('ready')
    return peers.find((line: Line) => line.identity === identity)
  }
  expect(await of(all[1])).toMatchObject({ reach: 'direct', verified: true })
  expect((await of(all[0]))?.reach).toMatch(/members|relayed/)
  expect(code).toBe(0)
})
