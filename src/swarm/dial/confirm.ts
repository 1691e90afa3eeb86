import { punctualTimeout } from '../../async/punctual-timeout.js'
import { SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import type { SecretStream } from '../dht/stream-types.js'

/**
 * A stream on which nothing of the other side has arrived after this long is given up. Guess: many round trips, and
 * with the dial before it well under the 13 s after which a one-sided open dies by itself (measured).
 */
const CONFIRM_MILLIS: Millis = 2_500

/**
 * Calls `onConfirmed` once the other side's first bytes have arrived: its encryption header comes by itself. hyperdht's
 * own 'connect' may be seen by one side only. A stream that stays silent for {@link CONFIRM_MILLIS} after 'connect'
 * is destroyed with {@link oneSidedOpen}.
 */
export function whenConfirmed(stream: SecretStream, onConfirmed: () => void): void {
  if (stream.connected) watch(stream, onConfirmed)
  else stream.once('connect', () => watch(stream, onConfirmed))
}

/** ONE_SIDED_OPEN: the stream opened on our side, and nothing was ever heard on it. */
export const oneSidedOpen = () =>
  new SwarmchatError('ONE_SIDED_OPEN', 'It seemed to open, but nothing came from the other side.', {
    hint: 'It is dialled again by itself.',
    exitCode: 1
  })

function watch(stream: SecretStream, onConfirmed: () => void): void {
  const timer = punctualTimeout(CONFIRM_MILLIS, () => stream.destroy(oneSidedOpen()))
  stream.once('close', () => timer.cancel())
  stream.rawStream?.once('data', () => {
    timer.cancel()
    if (!stream.destroying) onConfirmed()
  })
}
