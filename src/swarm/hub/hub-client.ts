import { createConnection, type Socket } from 'node:net'
import { sleep } from '../../async/sleep.js'
import type { SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { errorOf } from '../dht/dht-errors.js'
import { type Home, HUB_FULL, HUB_GREETING, type HubPlace, LOOPBACK } from './hub-server.js'

/** A hub greets at once; one that is silent for this long is no hub of ours. */
const GREETING_MILLIS: Millis = 1_000
const GREETING = new RegExp(`^${HUB_GREETING}([0-9a-f]{16})\n`)
const GREETING_BYTES = HUB_GREETING.length + 17
// BOUNDED: what is kept of what a stranger's program says, in bytes.
const MAX_SAID = GREETING_BYTES + HUB_FULL.length

/** A hub on another machine that was silent for so many of its heartbeats is dead. Guess: two may get lost. */
const MISSED_HEARTBEATS = 3
/** A hub that keeps no more connections is visited this often, give or take a half. Guess. */
const VISIT_MILLIS: Millis = 2_000

/** PORT_TAKEN: something that is no hub of ours holds the port of the local network, on loopback or at `host`. */
export const portTaken = (port: number, cause?: unknown, host = 'this machine'): SwarmchatError =>
  errorOf('PORT_TAKEN', { sentence: `Port ${port} of ${host} is taken by another program.` }, cause)

/** A hub that was met on this connection. */
interface Meeting {
  readonly socket: Socket
  readonly generation: string
  /** Resolves when it hung up: true where it had said that it keeps no more connections. */
  readonly over: Promise<boolean>
}

/**
 * Connects to whoever runs the hub at this place. Rejects with ECONNREFUSED or ECONNRESET where nobody does any
 * more, with PORT_TAKEN where it does not greet like one.
 */
export async function findHub(place: HubPlace, signal: AbortSignal): Promise<Home> {
  const { host = LOOPBACK } = place
  const leaving = new AbortController()
  const until = AbortSignal.any([signal, leaving.signal])
  const meeting = await meet(place, until)
  const gone = untilGone(meeting, place, until)
  const { generation } = meeting
  return { host, generation, own: false, gone, leave: async () => leaving.abort() }
}

// Whoever is not kept comes again, to see whether it is the same hub still.
async function untilGone(first: Meeting, place: HubPlace, signal: AbortSignal): Promise<void> {
  let met: Meeting | undefined = first
  while (met?.generation === first.generation && (await met.over) && !signal.aborted) {
    await sleep(VISIT_MILLIS * (0.5 + Math.random()), signal)
    met = signal.aborted ? undefined : await meet(place, signal).catch(() => undefined)
  }
  met?.socket.destroy()
}

async function meet(
  { port, host = LOOPBACK, heartbeat = 0 }: HubPlace,
  signal: AbortSignal
): Promise<Meeting> {
  const socket = createConnection({ port, host })
  const abort = () => socket.destroy()
  signal.addEventListener('abort', abort)
  let said = ''
  socket.on('data', (chunk: string) => {
    said = (said + chunk).slice(0, MAX_SAID)
  })
  const over = new Promise<boolean>(resolve => {
    socket.once('close', () => {
      signal.removeEventListener('abort', abort)
      resolve(said.endsWith(HUB_FULL))
    })
  })
  const generation = await greeting(socket, port, host)
  socket.removeAllListeners('timeout')
  socket.setTimeout(MISSED_HEARTBEATS * heartbeat, () => socket.destroy())
  socket.unref()
  return { socket, generation, over }
}

function greeting(socket: Socket, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const place = host === LOOPBACK ? undefined : host
    const taken = () => void socket.destroy(portTaken(port, undefined, place))
    socket.setTimeout(GREETING_MILLIS, taken)
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.once('close', () => reject(hungUp()))
    socket.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, MAX_SAID)
      const generation = GREETING.exec(text)?.[1]
      if (generation !== undefined) resolve(generation)
      else if (!mayBecomeGreeting(text)) taken()
    })
  })
}

function mayBecomeGreeting(text: string): boolean {
  return (
    text.length < GREETING_BYTES &&
    `${HUB_GREETING}${text.slice(HUB_GREETING.length)}`.startsWith(text)
  )
}

function hungUp(): Error {
  return Object.assign(new Error('the hub hung up'), { code: 'ECONNRESET' })
}
