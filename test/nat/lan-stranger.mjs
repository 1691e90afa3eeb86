// A neighbour's program: prints what it hears by mDNS, and says junk there. Holds a port where one is given.
// usage: node lan-stranger.mjs <address of ours> [<port>] [anything]
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import multicastDns from 'multicast-dns'

const [address, port] = process.argv.slice(2)
const heard = multicastDns({ interface: address, bind: '0.0.0.0' })
heard.on('packet', packet => console.log(JSON.stringify(packet)))
await once(heard, 'ready')

if (Number(port) > 0) {
  const server = createServer(socket =>
    socket.on('error', () => {}).end('220 mail.example.org ESMTP\r\n')
  )
  await once(server.listen(Number(port), address), 'listening')
}

const mouth = createSocket('udp4')
await new Promise(resolve => mouth.bind(0, address, resolve))
mouth.setMulticastInterface(address)
const name = `${'0'.repeat(16)}._swarmchat._tcp.local`
function junk(round) {
  if (round % 2 === 0) return Buffer.from(Array.from({ length: 200 }, () => Math.random() * 256))
  const target = 'nobody.local'
  const data = { port: 28787, target, priority: 0, weight: 0 }
  heard.respond({
    answers: [{ name, type: 'SRV', data }],
    additionals: [{ name: target, type: 'A', data: round % 3 === 0 ? address : '203.0.113.99' }]
  })
  return Buffer.alloc(9000, 0xc0)
}
let round = 0
setInterval(() => mouth.send(junk(round++), 5353, '224.0.0.251'), 50)
console.log('listening')
