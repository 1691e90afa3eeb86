// The public DHT of the laboratory: two nodes on each of the addresses given, in one process.
// usage: node dht-nodes.mjs <port> <address>...
import HyperDHT from 'hyperdht'

const [port, ...hosts] = process.argv.slice(2)
const first = { host: hosts[0], port: Number(port) }

function start(host, at, bootstrap) {
  const options = {
    host,
    port: [at, at + 1],
    ephemeral: false,
    firewalled: false,
    quickFirewall: false
  }
  return bootstrap.length === 0
    ? HyperDHT.bootstrapper(at, host, options)
    : new HyperDHT({ ...options, bootstrap })
}

const nodes = []
for (const at of [first.port, first.port + 1]) {
  for (const host of hosts) {
    const node = start(host, at, nodes.length === 0 ? [] : [first])
    await node.fullyBootstrapped()
    nodes.push(node)
  }
}
console.log(`${nodes.length} nodes`)
