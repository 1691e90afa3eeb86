// Packages without types. Each is imported in one typed facade only: swarm/hyperdht.ts,
// protocol/crypto.ts, room/mux.ts.
declare module 'hyperdht'
declare module 'sodium-universal'
declare module 'protomux'
declare module 'compact-encoding'
declare module 'hyperswarm'
