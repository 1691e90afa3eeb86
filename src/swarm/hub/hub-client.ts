import { createConnection, type Socket } from 'node:net'
import { codeOf, SwarmchatError } from '../../base/errors.js'
import { reasonOf } from '../../base/system-errors.js'
import { type Home, HUB_GREETING, type HubPlace, LOOPBACK } from './hub-server.js'

/** A hub greets at once; one that is silent for this many milliseconds is no hub of ours. */
const GREETING_TIMEOUT = 1000
const GREETING = new RegExp(`^${HUB_GREETING}([0-9a-f]{16})\n`)
// BOUNDED: what a stranger's program says before we hang up, in bytes.
const MAX_GREETING = HUB_GREETING.length + 17

/** A hub on another machine that was silent for so many of its heartbeats is dead. Guess: two may get lost. */
const MISSED_HEARTBEATS = 3

/** PORT_TAKEN: something that is no hub of ours holds the port of the local network, on loopback or at `host`. */
export const portTaken = (port: number, cause?: unknown, host = 'this machine') =>
  new SwarmchatError('PORT_TAKEN', `Port ${port} of ${host} is taken by another program.`, {
    hint: 'The local network needs it. End that program (or a swarmchat that was stopped with Ctrl-Z), or let everybody here use another port: SWARMCHAT_LOCAL_PORT=28788',
    cause
  })

/** NO_HUB: the system does not let us run the hub, nor reach it. */
const noHub = (port: number, cause: unknown) =>
  new SwarmchatError('NO_HUB', `The local hub cannot be run: ${reasonOf(cause)}.`, {
    hint: `Does the system, or a firewall, forbid port ${port} on 127.0.0.1?`,
    cause
  })

/** Why there is no hub on loopback, from what was thrown when one was looked for or opened. */
export function hubProblem(port: number, thrown: unknown): SwarmchatError {
  if (thrown instanceof SwarmchatError) return thrown
  return codeOf(thrown) === 'EADDRINUSE' ? portTaken(port, thrown) : noHub(port, thrown)
}

/**
 * Connects to whoever runs the hub at this place. Rejects with ECONNREFUSED or ECONNRESET where nobody does any
 * more, with PORT_TAKEN where it does not greet like one.
 */
export async function findHub(
  { port, host = LOOPBACK, heartbeat = 0 }: HubPlace,
  signal: AbortSignal
): Promise<Home> {
  const socket = createConnection({ port, host })
  const gone = new Promise<void>(resolve => socket.once('close', () => resolve()))
  const abort = () => socket.destroy()
  signal.addEventListener('abort', abort)
  void gone.then(() => signal.removeEventListener('abort', abort))
  const generation = await greeting(socket, port, host)
  socket.removeAllListeners('timeout')
  socket.setTimeout(MISSED_HEARTBEATS * heartbeat, () => socket.destroy())
  socket.unref()
  return { host, generation, own: false, gone, leave: async () => void socket.destroy() }
}

function greeting(socket: Socket, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const place = host === LOOPBACK ? undefined : host
    const taken = () => void socket.destroy(portTaken(port, undefined, place))
    socket.setTimeout(GREETING_TIMEOUT, taken)
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.once('close', () => reject(hungUp()))
    socket.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, MAX_GREETING)
      const generation = GREETING.exec(text)?.[1]
      if (generation !== undefined) resolve(generation)
      else if (text.length === MAX_GREETING) taken()
    })
  })
}

function hungUp(): Error {
  return Object.assign(new Error('the hub hung up'), { code: 'ECONNRESET' })
}
