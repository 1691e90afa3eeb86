// A classic HyperDHT demo, written straight on hyperdht: a server that writes what is typed, or a client that pipes it.
// Usage: node plain-pipe.mjs server|client <bootstrap port> <seed, 64 hex digits | public key>
import HyperDHT from 'hyperdht'

const [role, port, hex] = process.argv.slice(2)
const loopback = { host: '127.0.0.1', port: [0, 0], firewalled: false, quickFirewall: false }
const bootstrap = [{ host: '127.0.0.1', port: Number(port) }]
const dht = new HyperDHT({ ...loopback, ephemeral: true, bootstrap })

async function leave() {
  await dht.destroy({ force: true })
  process.exit()
}

function join(stream) {
  stream.on('error', error => process.stderr.write(`${error.message}\n`))
  stream.on('connect', () => stream.rawStream.on('close', leave))
  stream.on('close', () => stream.rawStream || leave())
  process.stdin.pipe(stream)
  stream.pipe(process.stdout)
}

if (role === 'server') {
  const server = dht.createServer(join)
  await server.listen(HyperDHT.keyPair(Buffer.from(hex, 'hex')))
  process.stderr.write(`listening: ${server.publicKey.toString('hex')}\n`)
} else {
  join(dht.connect(Buffer.from(hex, 'hex')))
}
