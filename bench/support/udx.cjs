// Preloaded into the DHT's and the peers' processes. Puts a one-way delay on every datagram that leaves a UDX socket
// (DHT requests and replies, handshakes, punches); UDX *streams* are native code and stay undelayed. Counts what all
// sockets send and receive, streams included.
const UdxSocket = require('udx-native/lib/socket')
const Udx = require('udx-native/lib/udx')

const open = new Set()
const closed = { sent: 0, received: 0 }
const bench = { delay: 0, traffic }
globalThis.__bench = bench

for (const method of ['send', 'trySend']) {
  const original = UdxSocket.prototype[method]
  UdxSocket.prototype[method] = function (...args) {
    if (bench.delay === 0) return original.apply(this, args)
    return new Promise(resolve => {
      setTimeout(() => resolve(original.apply(this, args)), bench.delay)
    })
  }
}

const createSocket = Udx.prototype.createSocket
Udx.prototype.createSocket = function (...args) {
  const socket = createSocket.apply(this, args)
  open.add(socket)
  socket.on('close', () => {
    open.delete(socket)
    closed.sent += socket.bytesTransmitted
    closed.received += socket.bytesReceived
  })
  return socket
}

/** Bytes of UDP payload so far. */
function traffic() {
  let { sent, received } = closed
  for (const socket of open) {
    sent += socket.bytesTransmitted
    received += socket.bytesReceived
  }
  return { sent, received }
}
