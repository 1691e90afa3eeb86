import { describe, expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import type { Millis } from '../../../src/base/time.js'
import { ExchangePause } from '../../../src/protocol/history/reconcile/exchange-pause.js'
import { SoonPause } from '../../../src/protocol/history/reconcile/soon-pause.js'
import { Wants } from '../../../src/protocol/history/reconcile/wants.js'
import { HISTORY_TUNING } from '../../../src/protocol/history/tuning.js'
import { Verifier, type VerifierParts } from '../../../src/protocol/history/verifier.js'
import type { CoveredMessage, Envelope } from '../../../src/protocol/wire/message.js'
import { World } from '../../support/harness.js'

// When history is checked and asked for, by the clock: with a tenth of a number of history/tuning.ts, or ten times as much, a test here fails.

const SECOND: Millis = 1_000

/** About this long: a third more or less. */
function expectAbout(millis: Millis, expected: Millis): void {
  expect(millis).toBeGreaterThan(expected / 1.5)
  expect(millis).toBeLessThan(expected * 1.5)
}

/** A verifier whose time is the test's: what it takes never gets checked, and `looks` counts what was about to be. */
class Waiting {
  now: Millis = 0
  /** When the messages were looked at that are about to be checked, one entry for each. */
  readonly looks: Millis[] = []
  askedFor = 0
  readonly #verifier: Verifier
  #alarm = Number.POSITIVE_INFINITY

  constructor(hasSettled = false, isSettled = false) {
    const authors = { hasSettled, isSettled: () => isSettled }
    const timeline = {
      get: () => void this.looks.push(this.now),
      voucherOf: () => void this.askedFor++
    }
    const now = () => this.now
    const turn = {
      get now() {
        return now()
      },
      timer: (after: Millis, { at }: { at: Millis }) => {
        expect(at).toBe(this.now + after)
        this.#alarm = at
      }
    }
    this.#verifier = new Verifier({ authors, timeline, turn } as unknown as VerifierParts)
  }

  keep(name: string, byteLength = 100): void {
    this.#verifier.keep({ id: name as MessageId, sealed: { byteLength } } as CoveredMessage)
  }

  goOn(): void {
    this.#verifier.goOn()
  }

  /** Bytes in messages of 64 kB that are taken without a check. */
  taken(): number {
    for (let n = 0; n < 20_000; n++) {
      this.#verifier.cover({ author: 'ann' as IdentityKey } as Envelope)
      if (this.askedFor === n) return n * 65_536
      this.keep(`${n}`, 65_536 - 1_024)
    }
    return Number.POSITIVE_INFINITY
  }

  run(millis: Millis, each: () => void = () => {}): void {
    for (const end = this.now + millis; this.now < end; this.now++) {
      if (this.now >= this.#alarm) this.#verifier.timer({ name: 'verify', at: this.#alarm })
      each()
    }
  }

  get alarm(): Millis {
    return this.#alarm - this.now
  }
}

describe('what was taken at its word is checked', () => {
  test('after half a second of quiet, 32 at a time, ten times a second', () => {
    const waiting = new Waiting()
    for (let n = 0; n < 5_000; n++) waiting.keep(`${n}`)
    waiting.run(2 * SECOND)
    expectAbout(waiting.looks[0] ?? 0, 500)
    expectAbout(waiting.looks.filter(at => at === waiting.looks[0]).length, 32)
    expectAbout(waiting.looks.length, 15 * 32)
  })

  test('after 5 s though more keeps coming', () => {
    const waiting = new Waiting()
    waiting.run(120 * SECOND, () => waiting.keep(`${waiting.now}`))
    expectAbout(waiting.looks[0] ?? 0, 5 * SECOND)
  })

  test('at once when 128 MB wait', () => {
    expectAbout(new Waiting().taken(), 128 << 20)
    expectAbout(new Waiting(true, true).taken(), 128 << 20)
  })

  test('at once when 32 MB of newcomers wait, once others are settled', () => {
    expectAbout(new Waiting(true, false).taken(), 32 << 20)
  })

  test('and 5 ms after a turn that had no time for more', () => {
    const waiting = new Waiting()
    waiting.goOn()
    expectAbout(waiting.alarm, 5)
  })
})

describe('an exchange', () => {
  test('with one of the neighbours whose history differs is begun every 10 s', () => {
    const ann = new World().join('ann')
    const alarms = ann.machine
      .handle({ type: 'timer', timer: { name: 'reconcile' } }, 0, 0)
      .flatMap(output =>
        output.type === 'timer' && output.timer.name === 'reconcile' ? [output.after] : []
      )
    expect(alarms).toHaveLength(1)
    expectAbout(alarms[0] ?? 0, 10 * SECOND)
  })

  test('in vain makes the pause longer, up to ten minutes', () => {
    const pause = new ExchangePause()
    let last = 0
    let longest = 0
    for (let now = 0; now < 7_200 * SECOND; now += SECOND) {
      if (!pause.isDue(false, now)) continue
      longest = Math.max(longest, now - last)
      last = now
      pause.opened(now)
      pause.ended()
    }
    expectAbout(longest, 600 * SECOND)
  })

  test('is begun half a second after history came from another', () => {
    expectAbout(new SoonPause(HISTORY_TUNING).next(0), 500)
  })
})

describe('whoever was asked and sends nothing', () => {
  const some = Array.from({ length: 1_000 }, (_, n) => `id ${n}` as MessageId)
  /** When the peer is asked again for these. */
  const asked = (ids: readonly MessageId[], due: (id: MessageId) => boolean) => {
    const wants = new Wants()
    wants.add(some)
    wants.next(9_999, () => true, 0)
    for (let now = SECOND; now < 6_000 * SECOND; now += SECOND) {
      wants.add(ids)
      if (wants.next(9_999, due, now).length > 0) return now
    }
    return Number.POSITIVE_INFINITY
  }

  test('is asked for more after 5 s', () => {
    expectAbout(
      asked([], () => true),
      5 * SECOND
    )
  })

  test('and for the same after a minute', () => {
    const first = some.slice(0, 10)
    expectAbout(
      asked(first, id => first.includes(id)),
      60 * SECOND
    )
  })
})
