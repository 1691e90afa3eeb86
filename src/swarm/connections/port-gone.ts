import { createSocket } from 'node:dgram'
import { codeOf } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import type { Address } from '../dht/types.js'

/** The kernel answers at once for a port of its own machine that nobody has. Guess: a busy one. */
const ANSWER_MILLIS: Millis = 250
/** What we send to find out: no program that speaks to us takes it for anything. */
const NOTHING = Uint8Array.of(0, 0)

/**
 * True if nobody has this UDP port, because its program ended: the kernel says so of ports of this machine. False if somebody
 * has it, or that cannot be known. Sends two bytes. Never rejects.
 */
export function isPortGone({ host, port }: Address): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createSocket('udp4')
    const answer = (isGone: boolean) => {
      clearTimeout(timer)
      socket.removeAllListeners('error').on('error', () => {})
      socket.close(() => resolve(isGone))
    }
    const timer = setTimeout(answer, ANSWER_MILLIS, false)
    socket.once('error', error => answer(codeOf(error) === 'ECONNREFUSED'))
    socket.connect(port, host, () => socket.send(NOTHING))
  })
}
