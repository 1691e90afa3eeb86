import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Input } from '../../protocol/events.js'
import type { Performer } from '../../protocol/perform.js'
import type { Frame } from '../../protocol/wire/frames.js'

/** Whatever can be at an end of a connection in memory. */
export interface End {
  readonly device: PeerKey
  feed(input: Input): void
}

/** A network in memory with its clock, as one of its ends uses it. */
export interface Medium<E extends End> {
  send(from: E, to: PeerKey, frame: Frame): void
  dial(from: E, to: PeerKey): void
  disconnect(from: E, to: PeerKey): void
  after(millis: Millis, run: () => void): void
}

/** Does on a network in memory what the machine of one of its ends wants done. */
export function performerOn<E extends End>(
  medium: Medium<E>,
  end: E
): Pick<Performer, 'send' | 'dial' | 'close' | 'timer'> {
  return {
    send: (to, frame) => medium.send(end, to, frame),
    dial: peer => medium.dial(end, peer),
    close: peer => medium.disconnect(end, peer),
    timer: (after, timer) => medium.after(after, () => end.feed({ type: 'timer', timer }))
  }
}
