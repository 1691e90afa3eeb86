// Members of one chat in one process: of a Room, or of a flood over Hyperswarm.
import { setImmediate } from 'node:timers/promises'
import type { Address } from '../../src/swarm/dht/types.js'
import { now, sleep, within } from '../support/clock.js'
import { serve } from '../support/remote.js'
import { ageOf, type Chatter, stampedLine, type Tally } from './chatter.js'
import type { Side } from './contestant.js'
import { FloodChatter } from './flood-chatter.js'
import { RoomChatter } from './room-chatter.js'
import { type Usage, usageOf } from './usage.js'

/** Members to make. */
export interface ChatOrder {
  readonly side: Side
  readonly bootstrap: readonly Address[]
  readonly name: string
  readonly count: number
}

/** What the members of this process have counted together. */
export interface ChatTally extends Tally {
  readonly connections: number
  /** When the last line arrived. */
  readonly lastAt: number
}

/** Longest wait until the members of this process are connected. */
const MEET_MILLIS = 60_000

const chatters: Chatter[] = []
let lastAt = 0
let ages: number[] | undefined

const api = {
  /** Makes members; their keys. */
  async open({ side, count, ...order }: ChatOrder): Promise<string[]> {
    const options = { ...order, ondelivered }
    for (let index = 0; index < count; index++) {
      chatters.push(side === 'swarm' ? await RoomChatter.open(options) : new FloodChatter(options))
    }
    await Promise.all(chatters.map(({ node }) => node.fullyBootstrapped()))
    await Promise.all(chatters.map(chatter => chatter.listen()))
    return chatters.map(({ key }) => key)
  },

  /** One after the other: hundreds of dials at once would run into timeouts. */
  async meet(keys: readonly string[]): Promise<void> {
    await within(
      MEET_MILLIS,
      inTurn(chatters, chatter => chatter.meet(keys))
    )
  },

  complete(members: number): boolean {
    return chatters.every(chatter => chatter.complete(members))
  },

  /** Lets everybody say so many lines, as fast as they can, each in a turn of its own. */
  async burst(lines: number): Promise<void> {
    for (let line = 0; line < lines; line++) {
      for (const chatter of chatters) chatter.say(stampedLine())
      await setImmediate()
    }
  },

  /** One line every so many ms, of each in turns, from that moment on; ends with the last. */
  async talk(order: { at: number; every: number; lines: number }): Promise<void> {
    for (let line = 0; line < order.lines; line++) {
      await sleep(order.at + line * order.every - now())
      chatters[line % chatters.length]?.say(stampedLine())
    }
  },

  /** From now on the ages of arriving lines are kept; gives those kept so far. */
  ages(keep: boolean): number[] {
    const kept = ages ?? []
    ages = keep ? [] : undefined
    return kept
  },

  tally(): ChatTally {
    const sum = (of: (chatter: Chatter) => number) => chatters.reduce((s, c) => s + of(c), 0)
    return {
      delivered: sum(({ tally }) => tally.delivered),
      copies: sum(({ tally }) => tally.copies),
      uploads: sum(({ tally }) => tally.uploads),
      connections: sum(({ connections }) => connections),
      lastAt
    }
  },

  usage(collect: boolean): Usage {
    return usageOf(
      chatters.map(({ node }) => node),
      collect
    )
  }
}

export type ChatApi = typeof api

serve(api)

async function inTurn<T>(all: readonly T[], job: (one: T) => Promise<void>): Promise<void> {
  for (const one of all) await job(one)
}

function ondelivered(line: string): void {
  lastAt = now()
  ages?.push(ageOf(line))
}
