import { surface } from '../async/surface.js'
import type { KeyPair } from '../base/crypto.js'
import { idFromBytes, type PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Network } from '../swarm/networks/network.js'
import { putRecord } from '../swarm/records.js'
import type { Clock } from './clock.js'
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

  /** Empties it. Resolves when that is done. */
  end(): Promise<void> {
    this.#isOver = true
    clearTimeout(this.#timer)
    for (const network of this.#parts.networks) network.off('rehome', this.#onRehome)
    return this.#store(at => this.#parts.records.sealEmpty(this.#device, at))
  }

  #put(): void {
    const { nick, records } = this.#parts
    const [device, since] = [this.#device, this.#since]
    void this.#store(at => records.seal(device, { nick: nick(), since, at }))
    this.#putAfter(REFRESH_MILLIS * (0.75 + Math.random() / 2))
  }

  #putAfter(millis: Millis): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#put(), millis)
    this.#timer.unref()
  }

  // One after the other, each later than the one before: what comes last counts.
  #store(seal: (at: Millis) => Uint8Array): Promise<void> {
    const { clock, keyPair, networks } = this.#parts
    this.#putting = this.#putting.then(() => {
      const at = clock.wall()
      return putRecord(networks, keyPair, { value: seal(at), seq: at }).catch(surface)
    })
    return this.#putting
  }
}
