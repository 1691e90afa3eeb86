import { describe, expect, test } from 'vitest'
import { idToBytes } from '../../src/base/ids.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import { chatInCrowd } from '../support/crowd.js'
import { useRooms } from '../support/rooms.js'

const { enter, testnet } = useRooms()

// Larger ones: crowd.long.test.ts.
describe.each([2, 5, 12])('%i members', size => {
  test('get every message exactly once, over at most 10 links each', () => chatInCrowd(enter, size))
})

describe('a stranger who knows only the topic', () => {
  test('is refused, and is told neither the topic nor who is there', async () => {
    const { room } = await enter('ada')
    await room.ready
    const dht = testnet().createNode()
    const device = await firstPeer(dht.lookup(idToBytes(room.topic)))
    expect(device.toString('hex')).toBe(room.device)
    const stream = dht.connect(device, { keyPair: keyPair() })
    stream.on('error', () => {})
    let heard = ''
    stream.on('data', chunk => {
      heard += chunk.toString('hex')
    })
    // The hello's time is 3 s.
    await new Promise<void>(resolve => stream.once('close', resolve))
    expect(heard).not.toContain(room.topic)
    expect(heard).not.toContain(room.identity)
    expect(heard).not.toContain(Buffer.from('ada').toString('hex'))
    await dht.destroy()
  })
})

describe('a stranger who announces 15 MiB', () => {
  test('is cut off before it has sent one', async () => {
    const { room } = await enter('ada')
    await room.ready
    const dht = testnet().createNode()
    const stream = dht.connect(idToBytes(room.device) as Buffer, { keyPair: keyPair() })
    stream.on('error', () => {})
    await stream.opened
    stream.write(Buffer.alloc(15 * 1024 * 1024))
    await new Promise<void>(resolve => stream.once('close', resolve))
    expect(stream.rawStream?.bytesTransmitted).toBeGreaterThan(0)
    expect(stream.rawStream?.bytesTransmitted).toBeLessThan(1024 * 1024)
    await dht.destroy()
  })
})

async function firstPeer(query: AsyncIterable<{ peers: readonly { publicKey: Buffer }[] }>) {
  for await (const { peers } of query) {
    const [peer] = peers
    if (peer !== undefined) return peer.publicKey
  }
  throw new Error('nobody was found')
}
