import { surface } from '../../async/surface.js'
import type { KeyPair } from '../../base/crypto.js'
import { idFromBytes, type PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Network } from '../../swarm/networks/network.js'
import { type KeyRecord, putRecord, putUnlessLater } from '../../swarm/records.js'
import type { Clock } from '../clock.js'
import type { RoomRecords } from './room-records.js'

/** A record is put anew so often, give or take a quarter. Guess: nodes keep it for 48 h, and come and go. */
const REFRESH_MILLIS: Millis = 20 * 60_000
/** Whoever changes its nick again and again is told of together. Guess. */
const CHANGE_MILLIS: Millis = 1_000

/** What our record is made of. */
export interface OwnRecordParts {
  readonly records: RoomRecords
  readonly keyPair: KeyPair
  readonly networks: readonly Network[]
  readonly clock: Clock
  readonly nick: () => string
}

/** The record of our device in the DHT: members that cannot dial it read there who it is. */
export class OwnRecord {
  readonly #parts: OwnRecordParts
  readonly #device: PeerKey
  readonly #since: Millis
  readonly #onRehome = () => this.changed()
  #timer: NodeJS.Timeout | undefined
  #putting = Promise.resolve()
  /** Which of the values under our key the last one of ours is. */
  #seq = 0
  #isOver = false

  /** Puts it, and from then on keeps it fresh until {@link end}. */
  constructor(parts: OwnRecordParts) {
    this.#parts = parts
    this.#device = idFromBytes(parts.keyPair.publicKey)
    this.#since = parts.clock.wall()
    for (const network of parts.networks) network.on('rehome', this.#onRehome)
    this.#put()
  }

  /** We are called something else, or the nodes that had it are gone: it is put anew, soon. */
  changed(): void {
    if (!this.#isOver) this.#putAfter(CHANGE_MILLIS)
  }

  /** Empties it, unless another program has our key and wrote there after us. Resolves when that is done. */
  end(): Promise<void> {
    this.#isOver = true
    clearTimeout(this.#timer)
    for (const network of this.#parts.networks) network.off('rehome', this.#onRehome)
    const { clock, keyPair, networks, records } = this.#parts
    return this.#after(() => {
      const value = records.sealEmpty(this.#device, clock.wall())
      return putUnlessLater(networks, keyPair, { value, seq: this.#seq + 1 })
    })
  }

  #put(): void {
    const { clock, nick, records } = this.#parts
    const [device, since] = [this.#device, this.#since]
    void this.#after(() => {
      const at = clock.wall()
      return this.#store({ value: records.seal(device, { nick: nick(), since, at }), seq: at })
    })
    this.#putAfter(REFRESH_MILLIS * (0.75 + Math.random() / 2))
  }

  #putAfter(millis: Millis): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#put(), millis)
    this.#timer.unref()
  }

  async #store(record: KeyRecord): Promise<void> {
    const { keyPair, networks } = this.#parts
    this.#seq = await putRecord(networks, keyPair, record)
  }

  // One after the other, each later than the one before: what comes last counts.
  #after(put: () => Promise<void>): Promise<void> {
    this.#putting = this.#putting.then(() => put().catch(surface))
    return this.#putting
  }
}
