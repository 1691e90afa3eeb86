import { expect, test } from 'vitest'
import { met, ready, within } from './lab/talk.js'
import { useLab } from './lab/use-lab.js'

const lab = useLab()

test('from behind a randomising NAT the states of a room add up: 5 likewise, 3 open, 1 of them killed', async () => {
  const hidden = Array.from({ length: 5 }, (_, n) =>
    lab().behind('randomising', `r${n}`).join('lobby', `hidden ${n}`)
  )
  const open = Array.from({ length: 3 }, (_, n) => lab().host(`o${n}`).join('lobby', `open ${n}`))
  const all = [...open, ...hidden]
  await within(40_000, 'all are ready', ready(all), all)
  await within(30_000, 'all have met', met(all), all)
  await open[2]?.kill()
  const killedAt = Date.now()
  const cli = lab()
    .behind('randomising', 'eye')
    .start(['peers', 'lobby', '--json', '--timeout', '25'])
  await within(60_000, 'the census ends', cli.exited, [cli])
  const peers = cli.objects.filter(({ type }) => type === 'peer')
  const nicks = (...states: string[]) =>
    peers.filter(({ state }) => states.includes(String(state))).map(({ nick }) => nick)
  const here = ['hidden 0', 'hidden 1', 'hidden 2', 'hidden 3', 'hidden 4', 'open 0', 'open 1']
  expect(nicks('verified', 'present').toSorted(), cli.lines.join('\n')).toEqual(here)
  expect(nicks('verified')).toEqual(expect.arrayContaining(['open 0', 'open 1']))
  expect(nicks('gone')).toEqual(['open 2'])
  expect(peers.find(({ nick }) => nick === 'open 2')?.heardAt).toBeLessThanOrEqual(killedAt)
  expect(cli.objects.at(-1)).toMatchObject({ type: 'summary', members: 7, count: 8 })
})
