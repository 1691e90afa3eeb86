// A member of a room, made with parts of the sources: tells which way its connections run, and which relays are offered.
// usage: node room-peer.mjs <nick> <bootstrap> [no-relay]
import { register } from 'tsx/esm/api'

const [nick, bootstrap, noRelay] = process.argv.slice(2)
register()
const { Room } = await import('../../../src/room/room.ts')
const { openParts } = await import('../../../src/room/open.ts')

const addresses = bootstrap.split(',').map(text => {
  const [host, port] = text.split(':')
  return { host, port: Number(port) }
})
const networks = { mode: 'isolated', bootstrap: addresses }
const parts = await openParts({ name: `lobby`, nick, networks, volunteer: noRelay === undefined })
const room = new Room(parts)
const print = value => console.log(JSON.stringify(value))
room.ready.then(() => print({ type: 'ready', device: room.device }))

let last = ''
function tell() {
  const paths = {}
  for (const { remotePublicKey } of parts.swarm.connections) {
    paths[remotePublicKey.toString('hex')] = parts.swarm.pathTo(remotePublicKey)
  }
  const now = JSON.stringify({ type: 'paths', paths, relays: parts.machine.relays().length })
  if (now !== last) console.log(now)
  last = now
}
setInterval(tell, 100)
