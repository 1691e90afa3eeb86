import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import type { BotClock } from '../../src/bot/clock.js'
import type { Cause } from '../../src/bot/desk.js'
import { logTo } from '../../src/bot/log.js'
import { Outbox } from '../../src/bot/outbox.js'
import type { Saying } from '../../src/room/sending/speak.js'
import { Agenda } from '../../src/testing/world/agenda.js'

function outboxOn(
  pace = { perSecond: 2, burst: 4, queue: 10, bots: { perSecond: 0.5, burst: 1 } }
) {
  const agenda = new Agenda<() => void>()
  const sent: { text: string; at: number }[] = []
  const complaints: string[] = []
  let now = 0
  const clock: BotClock = { now: () => now, after: (millis, run) => agenda.add(now + millis, run) }
  const send = (saying: Saying) => {
    const text = 'text' in saying ? saying.text : ''
    sent.push({ text, at: now })
    return `id of ${text}` as MessageId
  }
  const outbox = new Outbox({
    clock,
    send,
    pace,
    log: logTo((_, message) => complaints.push(message))
  })
  const pass = (millis: number) => {
    const end = now + millis
    for (let at = agenda.nextAt(); at !== undefined && at <= end; at = agenda.nextAt()) {
      now = at
      agenda.take()?.()
    }
    now = end
  }
  return { outbox, sent, complaints, pass }
}

test('never faster than its buckets, in order per cause, and everything that was taken gets out', () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 3_000 }),
    cause: fc.constantFrom<Cause>('person', 'bot')
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { outbox, pass, sent } = outboxOn()
      const taken: Record<Cause, string[]> = { person: [], bot: [] }
      for (const [index, { cause, wait }] of steps.entries()) {
        const text = `${cause} ${index}`
        if (!outbox.isFull(cause)) taken[cause].push(text)
        outbox.post({ type: 'say', text: text }, cause).catch(() => {})
        pass(wait)
      }
      pass(600_000)
      for (const cause of ['person', 'bot'] as const)
        expect(sent.map(({ text }) => text).filter(text => text.startsWith(cause))).toEqual(
          taken[cause]
        )
      for (const [index, { at }] of sent.entries()) {
        const inWindow = sent.slice(index).filter(later => later.at < at + 10_000).length
        expect(inWindow).toBeLessThanOrEqual(4 + 20)
      }
      const bots = sent.filter(({ text }) => text.startsWith('bot'))
      for (const [index, { at }] of bots.entries())
        expect((bots[index + 1]?.at ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThanOrEqual(1_999)
    })
  )
})

test('people are answered before bots, and at once, whatever waits for bots', () => {
  const { outbox, pass, sent } = outboxOn()
  for (let i = 0; i < 8; i += 1) void outbox.post({ type: 'say', text: `bot ${i}` }, 'bot')
  pass(500)
  void outbox.post({ type: 'say', text: 'person' }, 'person')
  expect(sent.at(-1)).toEqual({ text: 'person', at: 500 })
})

test('what is over the bound is refused, and complained of once until the queue was empty', async () => {
  const { complaints, outbox, pass } = outboxOn()
  const posts = Array.from({ length: 30 }, (_, i) =>
    outbox.post({ type: 'say', text: `${i}` }, 'person').then(
      () => true,
      ({ code }) => code
    )
  )
  pass(60_000)
  expect((await Promise.all(posts)).filter(done => done === 'OUTBOX_FULL')).toHaveLength(16)
  expect(complaints).toHaveLength(1)
})

test('what waits when it stops is told so', async () => {
  const { outbox } = outboxOn()
  const posts = Array.from({ length: 6 }, (_, i) =>
    outbox.post({ type: 'say', text: `${i}` }, 'person').then(
      () => 'sent',
      ({ code }) => code
    )
  )
  outbox.stop()
  expect(await Promise.all(posts)).toEqual([
    'sent',
    'sent',
    'sent',
    'sent',
    'BOT_STOPPED',
    'BOT_STOPPED'
  ])
})
