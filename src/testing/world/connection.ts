import type { Millis } from '../../base/time.js'
import type { End } from './performer.js'

/** One side of a connection. */
export interface Side<E extends End> {
  readonly end: E
  readonly initiator: boolean
  /** True while this end believes in the connection. */
  open: boolean
  /** True once bytes have arrived here. */
  carried: boolean
  /** When the last thing sent from here arrives: streams keep their order. */
  lastArrival: Millis
}

/** A stream between two ends in memory; each learns of its end in its own time. */
export class Connection<E extends End> {
  readonly handshakeHash: Uint8Array
  readonly initiator: Side<E>
  readonly responder: Side<E>

  constructor(handshakeHash: Uint8Array, initiator: E, responder: E) {
    this.handshakeHash = handshakeHash
    this.initiator = sideOf(initiator, true)
    this.responder = sideOf(responder, false)
  }

  sideOf(end: E): Side<E> {
    return this.initiator.end.device === end.device ? this.initiator : this.responder
  }

  otherSide(end: E): Side<E> {
    return this.initiator.end.device === end.device ? this.responder : this.initiator
  }

  /** True if both ends believe in it. */
  get isUp(): boolean {
    return this.initiator.open && this.responder.open
  }

  /** True if bytes went both ways. */
  get carriedBothWays(): boolean {
    return this.initiator.carried && this.responder.carried
  }
}

function sideOf<E extends End>(end: E, initiator: boolean): Side<E> {
  return { end, initiator, open: false, carried: false, lastArrival: 0 }
}
