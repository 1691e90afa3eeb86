import { createConnection, type Socket } from 'node:net'
import { SwarmchatError } from '../errors.js'
import { type Home, HUB_GREETING, LOOPBACK } from './hub-server.js'

/** A hub greets at once; one that is silent for this many milliseconds is no hub of ours. */
const GREETING_TIMEOUT = 1000
const GREETING = new RegExp(`^${HUB_GREETING}([0-9a-f]{16})\n`)
// BOUNDED: what a stranger's program says before we hang up, in bytes.
const MAX_GREETING = HUB_GREETING.length + 17

/** PORT_TAKEN: something that is no hub of ours holds the port of the local network. */
export const portTaken = (port: number, cause?: unknown) =>
  new SwarmchatError('PORT_TAKEN', `Port ${port} of this machine is taken by another program.`, {
    hint: 'The local network needs it. End that program (or a swarmchat that was stopped with Ctrl-Z), or let everybody here use another port: SWARMCHAT_LOCAL_PORT=28788',
    cause
  })

/**
 * Connects to whoever runs the hub on this machine. Rejects with ECONNREFUSED or ECONNRESET where nobody does any
 * more, with PORT_TAKEN where it does not greet like one.
 */
export async function findHub(port: number, signal: AbortSignal): Promise<Home> {
  const socket = createConnection({ port, host: LOOPBACK })
  const gone = new Promise<void>(resolve => socket.once('close', () => resolve()))
  const abort = () => socket.destroy()
  signal.addEventListener('abort', abort)
  void gone.then(() => signal.removeEventListener('abort', abort))
  const generation = await greeting(socket, port)
  socket.setTimeout(0)
  socket.unref()
  return { generation, own: false, gone, leave: async () => void socket.destroy() }
}

function greeting(socket: Socket, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const taken = () => void socket.destroy(portTaken(port))
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
