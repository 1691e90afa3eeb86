import { describe, expect, test } from 'vitest'
import type { MessageId } from '../../../../src/base/ids.js'
import { FRESH_LINK_MILLIS, LINK_ASK_RATE } from '../../../../src/protocol/config.js'
import type { Output } from '../../../../src/protocol/events.js'
import { Asking, type AskingParts } from '../../../../src/protocol/history/reconcile/asking.js'
import {
  CATCH_UP_ASK_RATE,
  HISTORY_TUNING,
  MAX_WANTED_IDS
} from '../../../../src/protocol/history/tuning.js'
import { Link } from '../../../../src/protocol/links/link.js'
import type { Frame } from '../../../../src/protocol/wire/frames.js'
import { deviceOf, EPOCH } from '../../../support/harness.js'

/** What becomes of what a neighbour is asked for. */
type What = 'kept' | 'not kept' | 'nothing'

/** A member that knows nothing, and neighbours that have as much as it wants, or say so. */
class Scene {
  readonly known = new Set<MessageId>()
  readonly links: Link[] = []
  now = EPOCH
  readonly #asked = new Map<Link, MessageId[]>()
  readonly #counts = new Map<Link, number>()
  #made = 0
  readonly #asking: Asking

  /** Links that are a minute old, or of just now (`fresh`). */
  constructor(neighbours: number, fresh = false) {
    const scene = this
    const turn = {
      get now() {
        return scene.now
      },
      emit: (..._: readonly Output[]) => {}
    }
    const send = (link: Link, frame: Frame) => {
      if (frame.type === 'want') this.#note(link, frame.ids)
    }
    const parts = {
      turn,
      links: { send },
      timeline: { knows: (id: MessageId) => this.known.has(id) }
    }
    this.#asking = new Asking({ ...parts, tuning: HISTORY_TUNING } as unknown as AskingParts)
    for (let n = 0; n < neighbours; n++) {
      const options = { handshakeHash: new Uint8Array(32), initiator: false }
      const link = new Link({ ...options, peer: deviceOf(`peer ${n}`) }, n, EPOCH)
      this.links.push(link)
      this.#asking.linkUp(link)
    }
    if (!fresh) this.now += FRESH_LINK_MILLIS
  }

  /** How many ids this neighbour was asked for. */
  asked(link: Link): number {
    return this.#counts.get(link) ?? 0
  }

  get total(): number {
    return this.links.reduce((sum, link) => sum + this.asked(link), 0)
  }

  /** For so many seconds these neighbours have more, and send what they are asked for, or do not; or there is no room for it. */
  run(seconds: number, links: readonly Link[], what: What | ((link: Link) => What) = 'kept') {
    const of = typeof what === 'function' ? what : () => what
    for (let step = 0; step < 10 * seconds; step++) {
      this.now += 100
      for (const link of links) this.#serve(link, of(link))
    }
  }

  #serve(link: Link, what: What): void {
    if (!this.#asking.isFull(link)) this.#asking.ask(link, this.#more())
    this.#asking.askOn(link)
    // As many round trips as there are in a tenth of a second.
    for (let trip = 0; what !== 'nothing' && trip < 5; trip++)
      for (const id of this.#taken(link)) this.#came(link, id, what === 'kept')
  }

  #came(link: Link, id: MessageId, isKept: boolean): void {
    if (!this.#asking.came(link, id)) throw new Error('it was not asked for')
    this.known.add(id)
    if (isKept) this.#asking.kept(link, id)
    this.#asking.askOn(link)
  }

  #more(): MessageId[] {
    return Array.from({ length: 1_000 }, () => `${this.#made++}` as MessageId)
  }

  #note(link: Link, ids: readonly MessageId[]): void {
    this.#counts.set(link, this.asked(link) + ids.length)
    this.#asked.set(link, [...(this.#asked.get(link) ?? []), ...ids])
  }

  #taken(link: Link): readonly MessageId[] {
    const ids = this.#asked.get(link) ?? []
    this.#asked.set(link, [])
    return ids
  }
}

/** What all links together may be asked for in so many seconds. */
const mostOf = (links: number, seconds: number) =>
  links * (LINK_ASK_RATE.burst + seconds * LINK_ASK_RATE.perSecond) +
  CATCH_UP_ASK_RATE.burst +
  seconds * CATCH_UP_ASK_RATE.perSecond

describe('what is asked of neighbours', () => {
  test('is 100,000 messages of one within ten seconds, if it sends them', () => {
    const scene = new Scene(1)
    scene.run(10, scene.links)
    expect(scene.known.size).toBeGreaterThanOrEqual(100_000)
  })

  test('is bounded, however much they have and send', () => {
    const scene = new Scene(8)
    scene.run(20, scene.links)
    expect(scene.total).toBeLessThanOrEqual(mostOf(8, 20))
    const [one] = scene.links as [Link]
    const before = scene.asked(one)
    scene.run(10, [one])
    const later = LINK_ASK_RATE.perSecond + CATCH_UP_ASK_RATE.perSecond
    expect(scene.asked(one) - before).toBeLessThanOrEqual(10 * later + 1)
  })

  test('is the share of a link, if it does not send it, and takes nothing of the others’', () => {
    const scene = new Scene(4)
    const [honest, ...liars] = scene.links as [Link, ...Link[]]
    scene.run(30, liars, 'nothing')
    for (const liar of liars) expect(scene.asked(liar)).toBeLessThan(MAX_WANTED_IDS)
    scene.run(10, [honest])
    expect(scene.asked(honest)).toBeGreaterThanOrEqual(100_000)
  })

  test('is the share of a link, if what it sends is not kept, and takes nothing of the others’', () => {
    const scene = new Scene(8)
    const [honest, ...liars] = scene.links as [Link, ...Link[]]
    scene.run(30, liars, 'not kept')
    for (const liar of liars)
      expect(scene.asked(liar)).toBeLessThanOrEqual(
        LINK_ASK_RATE.burst + 30 * LINK_ASK_RATE.perSecond
      )
    scene.run(10, [honest])
    expect(scene.asked(honest)).toBeGreaterThanOrEqual(100_000)
  })

  test('of who came just now goes on with whoever sends what is kept, whatever the others send', () => {
    const scene = new Scene(8, true)
    const [honest, ...liars] = scene.links as [Link, ...Link[]]
    scene.run(10, liars, 'not kept')
    scene.run(10, [...liars, honest], link => (link === honest ? 'kept' : 'not kept'))
    expect(scene.asked(honest)).toBeGreaterThanOrEqual(10_000)
  })

  test('is some more of who comes last, though one has sent as much as it may', () => {
    const scene = new Scene(2)
    const [first, second] = scene.links as [Link, Link]
    scene.run(10, [first])
    scene.run(3, [second])
    const own = LINK_ASK_RATE.burst + 3 * LINK_ASK_RATE.perSecond
    expect(scene.asked(second)).toBeGreaterThan(own + CATCH_UP_ASK_RATE.burst / 8)
  })
})
