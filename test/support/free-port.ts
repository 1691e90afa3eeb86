import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

const HOST = '127.0.0.1'
// Below what systems hand out by themselves, so that nothing takes the port between the check and its use.
const LOWEST = 10_000
const HIGHEST = 28_000

/** A loopback port, TCP and UDP, that nobody uses: a world of its own. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if ((await tcpIsFree(port)) && (await udpIsFree(port))) return port
  }
}

async function tcpIsFree(port: number): Promise<boolean> {
  const server = createServer()
  const free = once(server.listen(port, HOST), 'listening').then(
    () => true,
    () => false
  )
  const answer = await free
  if (answer) await new Promise(resolve => server.close(resolve))
  return answer
}

async function udpIsFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  socket.bind(port, HOST)
  const answer = await once(socket, 'listening').then(
    () => true,
    () => false
  )
  if (answer) await new Promise<void>(resolve => socket.close(resolve))
  return answer
}
