import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createBootstrapper } from '../../src/swarm/dht/nodes.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { HUB_GREETING } from '../../src/swarm/hub/hub-server.js'

/** A program on the port of the local network that greets like a hub. */
export interface FakeHub {
  close(): Promise<void>
}

/**
 * Greets like a hub on this port. `node`: none: nothing answers on UDP; forgetful: a DHT node that answers, and keeps no
 * announcement.
 */
export async function fakeHub(port: number, node: 'none' | 'forgetful' = 'none'): Promise<FakeHub> {
  const clients = new Set<Socket>()
  const server = createServer(socket => {
    clients.add(socket)
    socket.on('error', () => socket.destroy())
    socket.write(`${HUB_GREETING}0123456789abcdef\n`)
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const dht = node === 'none' ? undefined : await forgetful(port)
  return {
    close: async () => {
      await dht?.destroy({ force: true })
      for (const client of clients) client.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

// hyperdht's node, but that it drops what is announced.
async function forgetful(port: number): Promise<DhtNode> {
  const dht = createBootstrapper(port, '127.0.0.1', {
    host: '127.0.0.1',
    port: [port, port + 1],
    quickFirewall: false
  })
  await dht.fullyBootstrapped()
  const inside = dht as unknown as { _persistent: { onannounce(request: Reply): void } }
  inside._persistent.onannounce = request =>
    request.reply(null, { token: false, closerNodes: false })
  return dht
}

interface Reply {
  reply(value: null, options: object): void
}
