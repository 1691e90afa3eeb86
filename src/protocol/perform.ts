import type { PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Output, Reason, RoomEvent, Timer } from './events.js'
import type { Frame } from './wire/frames.js'
import type { BareMessage, CheckedMessage, VerifiedMessage } from './wire/message.js'

/** Whatever does what a room wants done: one function for each kind of output. */
export interface Performer {
  send(to: PeerKey, frame: Frame): void
  dial(peer: PeerKey): void
  lookUp(): void
  close(peer: PeerKey, reason: Reason): void
  timer(after: Millis, timer: Timer): void
  store(message: VerifiedMessage): void
  storeBare(message: BareMessage): void
  forget(message: Pick<CheckedMessage, 'clock' | 'id'>): void
  invitations(): void
  emit(event: RoomEvent): void
}

/** Hands an output to the function that does it; without one, nothing is done. */
export function perform(output: Output, by: Partial<Performer>): void {
  switch (output.type) {
    case 'send':
      by.send?.(output.to, output.frame)
      break
    case 'dial':
      by.dial?.(output.peer)
      break
    case 'lookup':
      by.lookUp?.()
      break
    case 'close':
      by.close?.(output.peer, output.reason)
      break
    case 'timer':
      by.timer?.(output.after, output.timer)
      break
    case 'store':
      by.store?.(output.message)
      break
    case 'store-bare':
      by.storeBare?.(output.message)
      break
    case 'forget':
      by.forget?.(output.message)
      break
    case 'invitations':
      by.invitations?.()
      break
    case 'emit':
      by.emit?.(output.event)
  }
}
