import { surface } from '../../async/surface.js'
import type { Millis } from '../../base/time.js'
import type { CardTexts } from '../../protocol/wire/bodies/room-card.js'
import type { Network } from '../../swarm/networks/network.js'
import type { RoomRecords } from './room-records.js'

/** The first look whether the DHT has the card comes within this. Guess: of many who enter together one stores it. */
const FIRST_LOOK_MILLIS: Millis = 10 * 60_000
/** ... and the next ones so often, give or take a half. Guess: nodes keep it for 48 h, and come and go. */
const LOOK_MILLIS: Millis = 12 * 3_600_000
/** Within this where the nodes that had it are gone. Guess. */
const REHOMED_MILLIS: Millis = 10_000

/** What a card is kept in the DHT by. */
export interface CardKeeperParts {
  readonly records: RoomRecords
  readonly networks: readonly Network[]
  /** The room's card now; undefined: it has none. */
  readonly card: () => CardTexts | undefined
  /** Below 1. */
  readonly random: () => number
}

/** Keeps the room's card in the DHT: who puts one stores it, and every member looks now and then whether it is there still. */
export class CardKeeper {
  readonly #parts: CardKeeperParts
  readonly #onRehome = () => this.#lookWithin(REHOMED_MILLIS)
  #timer: NodeJS.Timeout | undefined
  #isStarted = false
  #isOurs = false
  #going: Promise<void> = Promise.resolve()
  /** True while a store waits for what is under way: it takes the card that is the last one then. */
  #storesSoon = false

  constructor(parts: CardKeeperParts) {
    this.#parts = parts
  }

  /** The networks can be used: what we have put is stored. Ends with {@link end}. */
  start(): void {
    this.#isStarted = true
    for (const network of this.#parts.networks) network.on('rehome', this.#onRehome)
    if (this.#isOurs) this.changed()
    this.#lookWithin(FIRST_LOOK_MILLIS)
  }

  /** We have put another card. */
  changed(): void {
    this.#isOurs = true
    if (!this.#isStarted || this.#storesSoon) return
    this.#storesSoon = true
    this.#do(card => this.#store(card))
  }

  /** Looks no more. Resolves when what is under way is done. */
  end(): Promise<void> {
    this.#isStarted = false
    clearTimeout(this.#timer)
    for (const network of this.#parts.networks) network.off('rehome', this.#onRehome)
    return this.#going
  }

  #lookWithin(millis: Millis): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), millis * this.#parts.random())
    this.#timer.unref()
  }

  #look(): void {
    const { networks, records } = this.#parts
    this.#do(async card => {
      if (!(await records.hasCard(networks, card))) await this.#store(card)
    })
    this.#timer = setTimeout(() => this.#look(), LOOK_MILLIS * (0.5 + this.#parts.random()))
    this.#timer.unref()
  }

  #store(card: CardTexts): Promise<void> {
    const { networks, records } = this.#parts
    return records.storeCard(networks, card)
  }

  // One after the other: the last card is stored last.
  #do(act: (card: CardTexts) => Promise<void>): void {
    const { card } = this.#parts
    this.#going = this.#going.then(async () => {
      this.#storesSoon = false
      const now = card()
      if (now !== undefined) await act(now).catch(surface)
    })
  }
}
