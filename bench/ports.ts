// How fast bytes go through `listen --tcp` and `connect --tcp`, against `listen` and `connect` in the same run: one
// TCP connection, and 50 at once. All on loopback, each end a process of its own.
//
//   npm run build && npx tsx bench/ports.ts [megabytes] [rounds]

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dialTcp, type Server } from 'node:net'
import type { Readable } from 'node:stream'
import { formatAddress } from '../src/swarm/networks/addresses.js'
import { type PipeProcess, swarmchat } from '../test/support/pipe-process.js'
import { createTestnet } from '../test/support/testnet.js'
import { median } from './support/stats.js'

const megabytes = Number(process.argv[2] ?? 100)
const rounds = Number(process.argv[3] ?? 5)
const KEY = /listening: ([0-9a-f]{64})/
const bytes = randomBytes(1_000_000 * megabytes)
const testnet = await createTestnet()
const env = { SWARMCHAT_BOOTSTRAP: testnet.bootstrap.map(formatAddress).join() }

const ways: Record<string, () => Promise<number>> = {
  pipe: overPipe,
  'one TCP connection': () => overTcp(1),
  '50 TCP connections': () => overTcp(50)
}
const speeds: Record<string, number[]> = {}
for (let round = 0; round < rounds; round += 1) {
  for (const [name, way] of Object.entries(ways)) {
    const speed = megabytes / (await way())
    speeds[name] = [...(speeds[name] ?? []), speed]
    console.log(`${name}: ${speed.toFixed(1)} MB/s`)
  }
}
const pipe = median(speeds.pipe ?? [])
for (const [name, all] of Object.entries(speeds)) {
  const share = ((100 * median(all)) / pipe).toFixed()
  const [least, most] = [Math.min(...all).toFixed(), Math.max(...all).toFixed()]
  console.log(
    `${name}: median ${median(all).toFixed(1)} MB/s (${least}-${most}), ${share} % of the pipe`
  )
}
await testnet.close()

// Seconds from the first byte to the last.
async function overPipe(): Promise<number> {
  const listening = swarmchat(['listen'], env)
  const connecting = swarmchat(['connect', await listening.says(KEY)], env)
  await connecting.says(/connected/)
  listening.child.stdin.end(bytes)
  connecting.child.stdin.end()
  const seconds = await drain([connecting.child.stdout])
  await Promise.all([listening.exited, connecting.exited])
  return seconds
}

async function overTcp(connections: number): Promise<number> {
  const piece = bytes.subarray(0, bytes.length / connections)
  const service = createServer(socket => socket.on('error', () => {}).end(piece))
  await once(service.listen(0, '127.0.0.1'), 'listening')
  const listening = swarmchat(['listen', '--tcp', String(portOf(service))], env)
  const connecting = swarmchat(['connect', await listening.says(KEY), '--tcp', '0'], env)
  const port = Number(await connecting.says(/listening: 127\.0\.0\.1:(\d+)/))
  const sockets = Array.from({ length: connections }, () => dialTcp(port, '127.0.0.1'))
  const seconds = await drain(sockets)
  await Promise.all([connecting, listening].map(stop))
  service.close()
  return seconds
}

function stop({ child, exited }: PipeProcess): Promise<number | null> {
  child.kill('SIGTERM')
  return exited
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function drain(streams: readonly Readable[]): Promise<number> {
  let first = Number.POSITIVE_INFINITY
  await Promise.all(
    streams.map(async stream => {
      const hash = createHash('sha256')
      for await (const chunk of stream) {
        first = Math.min(first, performance.now())
        hash.update(chunk)
      }
    })
  )
  return (performance.now() - first) / 1000
}
