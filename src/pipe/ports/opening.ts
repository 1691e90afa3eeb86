import b4a from 'b4a'
import { punctualTimeout } from '../../async/punctual-timeout.js'
import type { Millis } from '../../base/time.js'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import type { Outlet } from '../link.js'

/** The first message of a side that carries several TCP connections, and the other side's answer. */
const PREFACE = b4a.from('swarmchat-ports/1')

/** The other side carries several TCP connections. */
export function sayPorts(stream: SecretStream): void {
  stream.write(PREFACE)
}

/**
 * What the other side of a fresh connection is: one that carries several TCP connections, or a plain pipe, which is also
 * one that says nothing for so long. Undefined if it closes before that is known. Of a pipe nothing is read.
 */
export function whatOpens(
  stream: SecretStream,
  silenceMillis: Millis
): Promise<'ports' | 'pipe' | undefined> {
  return new Promise(resolve => {
    const timer = punctualTimeout(silenceMillis, () => settle('pipe'))
    const settle = (what: 'ports' | 'pipe' | undefined) => {
      timer.cancel()
      stream.off('readable', look).off('message', pipe).off('close', gone)
      resolve(what)
    }
    const look = () => {
      const first = stream.read()
      if (first === null) return
      const isPorts = isPreface(first)
      if (!isPorts) stream.unshift(first)
      settle(isPorts ? 'ports' : 'pipe')
    }
    // Our pipes report what they have read in datagrams beside the stream, from the first moment on.
    const pipe = () => settle('pipe')
    const gone = () => settle(undefined)
    stream.on('readable', look).on('message', pipe).on('close', gone)
  })
}

/** Ends the connection of one that was taken for a plain pipe, because its first message came late: it dials again. */
export function notPorts(stream: SecretStream, outlet: Outlet): Outlet {
  let isFirst = true
  return {
    drained: () => outlet.drained(),
    write: (chunk, done) => {
      const isLate = isFirst && isPreface(chunk)
      isFirst = false
      if (!isLate) return outlet.write(chunk, done)
      stream.destroy()
      done()
      return true
    }
  }
}

function isPreface(message: Uint8Array): boolean {
  return b4a.equals(message, PREFACE)
}
