import type { ChatApi } from '../child/chat.js'
import type { Side } from '../child/contestant.js'
import { type Usage, usedBetween } from '../child/usage.js'
import { now, sleep } from './clock.js'
import { Remote } from './remote.js'
import { newTopic, type World } from './world.js'

/** Members share so many processes per side. */
const PROCESSES = 4
const COMPLETE_MILLIS = 20_000
const DELIVERED_MILLIS = 8_000
const POLL_MILLIS = 20
const START_MILLIS = 100

/** Of all members together. */
interface State {
  readonly usage: Usage
  readonly delivered: number
  readonly copies: number
  readonly uploads: number
}

/** What happened in a stretch of talk. */
export interface Talk extends State {
  /** From the first line said to the last one delivered. */
  readonly millis: number
  readonly lines: number
  /** Of every delivery, in ms, ascending; empty where they were not kept. */
  readonly ages: readonly number[]
}

/** One chat, its members spread over processes of its own. */
export class Chat {
  readonly members: number
  readonly #processes: readonly Remote<ChatApi>[]
  #fresh: Usage | undefined

  /** Opens a chat of so many and waits, for some time, until everybody would reach everybody. */
  static async open(world: World, side: Side, members: number): Promise<Chat> {
    const chat = new Chat(members)
    const name = `bench ${newTopic().slice(0, 16)}`
    chat.#fresh = (await chat.#state(true)).usage
    const keys = await chat.#each((process, index) =>
      process.call('open', { side, bootstrap: world.bootstrap, name, count: chat.#countOf(index) })
    )
    await chat.#each(process => process.call('meet', keys.flat()))
    await chat.#complete()
    return chat
  }

  private constructor(members: number) {
    this.members = members
    const count = Math.min(PROCESSES, members)
    this.#processes = Array.from({ length: count }, () => new Remote<ChatApi>('chat.ts'))
  }

  /** What everybody together has used since the processes had loaded their code. */
  async used(): Promise<Usage> {
    const { usage } = await this.#state(true)
    return this.#fresh === undefined ? usage : usedBetween(this.#fresh, usage)
  }

  /** Connections per member. */
  async connections(): Promise<number> {
    const tallies = await this.#each(process => process.call('tally'))
    return tallies.reduce((sum, { connections }) => sum + connections, 0) / this.members
  }

  /** Lets everybody say so many lines as fast as they can, and waits for the deliveries. */
  burst(lines: number): Promise<Talk> {
    return this.#talk(lines * this.members, process => process.call('burst', lines))
  }

  /** Lets somebody say something so often a second, and waits for the deliveries. */
  talk(perSecond: number, seconds: number): Promise<Talk> {
    const every = (1_000 / perSecond) * this.#processes.length
    const lines = Math.round((seconds * 1_000) / every)
    const start = now() + START_MILLIS
    return this.#talk(lines * this.#processes.length, (process, index) =>
      process.call('talk', { at: start + (index * every) / this.#processes.length, every, lines })
    )
  }

  async close(): Promise<void> {
    await this.#each(process => process.kill())
  }

  async #talk(
    lines: number,
    say: (process: Remote<ChatApi>, index: number) => Promise<void>
  ): Promise<Talk> {
    await this.#each(process => process.call('ages', true))
    const before = await this.#state()
    const start = now()
    await this.#each(say)
    const lastAt = await this.#delivered(before.delivered + lines * (this.members - 1))
    const after = await this.#state()
    const ages = (await this.#each(process => process.call('ages', false))).flat()
    return {
      usage: usedBetween(before.usage, after.usage),
      delivered: after.delivered - before.delivered,
      copies: after.copies - before.copies,
      uploads: after.uploads - before.uploads,
      millis: lastAt - start,
      lines,
      ages: ages.sort((a, b) => a - b)
    }
  }

  // When the last line arrived.
  async #delivered(wanted: number): Promise<number> {
    const end = now() + DELIVERED_MILLIS
    for (;;) {
      const tallies = await this.#each(process => process.call('tally'))
      const delivered = tallies.reduce((sum, tally) => sum + tally.delivered, 0)
      if (delivered >= wanted || now() > end) return Math.max(...tallies.map(t => t.lastAt))
      await sleep(POLL_MILLIS)
    }
  }

  async #complete(): Promise<void> {
    const end = now() + COMPLETE_MILLIS
    while (now() < end) {
      const all = await this.#each(process => process.call('complete', this.members))
      if (all.every(complete => complete)) return
      await sleep(5 * POLL_MILLIS)
    }
  }

  async #state(collect = false): Promise<State> {
    const states = await this.#each(async process => ({
      usage: await process.call('usage', collect),
      ...(await process.call('tally'))
    }))
    const sum = (of: (state: State) => number) => states.reduce((s, state) => s + of(state), 0)
    return {
      usage: {
        cpu: sum(({ usage }) => usage.cpu),
        memory: sum(({ usage }) => usage.memory),
        sent: sum(({ usage }) => usage.sent),
        received: sum(({ usage }) => usage.received),
        requests: sum(({ usage }) => usage.requests),
        pings: sum(({ usage }) => usage.pings)
      },
      delivered: sum(({ delivered }) => delivered),
      copies: sum(({ copies }) => copies),
      uploads: sum(({ uploads }) => uploads)
    }
  }

  #each<T>(job: (process: Remote<ChatApi>, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#processes.map(job))
  }

  #countOf(index: number): number {
    return Math.ceil((this.members - index) / this.#processes.length)
  }
}
