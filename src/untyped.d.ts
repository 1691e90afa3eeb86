// Packages without types. Each is imported in one typed facade only:
// swarm/dht/{nodes,private-parts,blind-relay,limited-stream}.ts, swarm/hub/mdns.ts, base/crypto.ts,
// home/lock.ts, room/driver/channel.ts.
declare module '@hyperswarm/secret-stream'
declare module 'blind-relay'
declare module 'fs-native-extensions'
declare module 'hyperdht'
declare module 'hyperdht/lib/persistent.js'
declare module 'sodium-universal'
declare module 'protomux'
declare module 'compact-encoding'
declare module 'hyperswarm'
declare module 'multicast-dns'
