// Nothing that the tests run may send a packet off this machine. Preloaded into child processes (NODE_OPTIONS=--require),
// where a packet that would leave ends the process; loaded by loopback-only.ts into the tests, where it throws.
const dgram = require('node:dgram')
const dns = require('node:dns')
const net = require('node:net')
const { networkInterfaces } = require('node:os')
// The binary itself: the built program has a copy of its own of the JavaScript around it.
const udx = require('udx-native/binding')

const guard = { leaks: [], exits: true }
globalThis.__loopbackOnly = guard
module.exports = guard

// Packets to an address of the machine's own never reach a wire.
const own = new Set(Object.values(networkInterfaces()).flatMap(list => list.map(i => i.address)))

function stays(host) {
  if (host === undefined || host === null || host === '') return true
  return (
    host === 'localhost' ||
    /^127\.|^::1$|^::ffff:127\.|^0\.0\.0\.0$|^::$/.test(host) ||
    own.has(host)
  )
}

function check(host, what) {
  if (stays(host)) return
  const leak = new Error(`${what} ${host} would leave this machine; tests use loopback only`)
  guard.leaks.push(leak)
  if (!guard.exits) throw leak
  process.stderr.write(`LOOPBACK ONLY: ${leak.stack}\n`)
  process.exit(97)
}

function before(object, method, hostOf, what) {
  const original = object[method]
  if (original === undefined) throw new Error(`the guard finds no ${method}`)
  object[method] = function (...args) {
    check(hostOf(args), what)
    return original.apply(this, args)
  }
}

before(udx, 'udx_napi_socket_send_ttl', args => args[5], 'a packet to')
before(udx, 'udx_napi_stream_connect', args => args[4], 'a stream to')
before(udx, 'udx_napi_stream_change_remote', args => args[4], 'a stream to')
before(udx, 'udx_napi_lookup', args => args[2], 'a name lookup of')
before(dgram.Socket.prototype, 'send', args => args.slice(2).find(isText), 'a packet to')
before(dgram.Socket.prototype, 'connect', args => stringIn(args, 1), 'a socket to')
before(net.Socket.prototype, 'connect', args => hostOfConnect(args), 'a connection to')
for (const resolver of [dns, dns.promises]) {
  before(resolver, 'lookup', args => (net.isIP(args[0]) ? undefined : args[0]), 'a name lookup of')
}

function isText(value) {
  return typeof value === 'string'
}

function stringIn(args, index) {
  return isText(args[index]) ? args[index] : undefined
}

// connect(options), connect(port, host), connect(path), or what net.connect has normalised: [[options, callback]].
function hostOfConnect(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) return first.path ? undefined : first.host
  return typeof first === 'number' && isText(second) ? second : undefined
}
