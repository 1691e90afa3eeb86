// The alternative in the same run: a bare Hyperswarm program that joins a topic, says hello to everybody and prints
// a line when it is ready and when it hears somebody. argv: bootstrap host:port.
import Hyperswarm from 'hyperswarm'

const [host, port] = process.argv[2].split(':')
const swarm = new Hyperswarm({ bootstrap: [{ host, port: Number(port) }] })

swarm.on('connection', stream => {
  stream.on('error', () => {})
  stream.on('data', data => print('message', String(data)))
  stream.write('hello')
})
swarm.on('error', () => {})
process.on('SIGTERM', () => process.exit(0))

await swarm.join(Buffer.alloc(32, 'startup')).flushed()
print('ready')

function print(type, text) {
  console.log(JSON.stringify({ type, text }))
}
