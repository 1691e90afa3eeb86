/// <reference types="node" preserve="true" />
/** A room in memory, with a virtual clock, for the tests of bots. */
export type { LogEntry } from './log-entry.js'
export { createTestRoom, TestRoom } from './test-room.js'
export type { TestRoomOptions } from './test-room-options.js'
export type { WireOptions } from './world/wire.js'
