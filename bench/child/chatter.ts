import type { Address, DhtNode } from '../../src/swarm/dht/types.js'
import { now } from '../support/clock.js'

/** What a member of a chat has counted so far. */
export interface Tally {
  /** Lines of others, each once. */
  readonly delivered: number
  /** Lines of others as they came over the wire, repetitions included. */
  readonly copies: number
  /** Lines of its own that it sent, one for each connection that they left by. */
  readonly uploads: number
}

/** A member of a chat: a Room, or a flood over a full mesh. */
export interface Chatter {
  readonly node: DhtNode
  readonly tally: Tally
  readonly connections: number
  /** Under which key others dial it. */
  readonly key: string
  /** Begins to listen, where it does not by itself. */
  listen(): Promise<void>
  /** Dials the others, where they do not find each other; ends when it is connected to those it dialled, or gave up. */
  meet(keys: readonly string[]): Promise<void>
  /** True where it would reach all of so many members. */
  complete(members: number): boolean
  say(text: string): void
}

/** What a chatter is made with. */
export interface ChatterOptions {
  readonly bootstrap: readonly Address[]
  /** The chat's name. */
  readonly name: string
  /** Somebody else's line arrived for the first time. */
  readonly ondelivered: (text: string) => void
}

const LINE_BYTES = 100
const STAMP = /^sent at ([\d.]+) /

/** A line of 100 bytes that says when it was sent. */
export function stampedLine(): string {
  return `sent at ${now()} `.padEnd(LINE_BYTES, '.')
}

/** How long this line was under way, in ms. */
export function ageOf(line: string): number {
  return now() - Number(STAMP.exec(line)?.[1] ?? Number.NaN)
}
