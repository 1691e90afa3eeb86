import { expect, test } from 'vitest'
import { met, ready, tally, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const lab = useLab()

test('5 % of all packets lost, 6 members, 600 lines: everything arrives, once', async () => {
  const nats = ['consistent', 'consistent', 'consistent', 'open', 'open', 'open'] as const
  const hosts = nats.map((nat, i) =>
    nat === 'open' ? lab().host(`h${i}`) : lab().behind(nat, `h${i}`)
  )
  for (const host of hosts) host.lose(0.05)
  const all = hosts.map((host, i) => host.join('lobby', `nick${i}`))
  await within(30_000, 'all are ready', ready(all), all)
  const meeting = await within(30_000, 'all have met', met(all), all)
  const texts = all.flatMap((_, i) => Array.from({ length: 100 }, (_, n) => `${i}: ${n}`))
  const everywhere = Promise.all(
    all.map(cli => cli.until(() => cli.texts().length >= texts.length))
  )
  for (const [i, cli] of all.entries()) {
    for (const text of texts.slice(i * 100, i * 100 + 100)) cli.say(text)
  }
  const took = await within(60_000, 'every line is everywhere', everywhere, all)
  record('5 % loss, 6 members, 600 lines', {
    'ms to meet': meeting,
    'ms until all is everywhere': took
  })
  for (const cli of all) {
    expect([...tally(cli).keys()].sort()).toEqual([...texts].sort())
    for (const [text, count] of tally(cli)) expect(count, String(text)).toBe(1)
  }
})
