import type { Reach, Side } from '../child/contestant.js'
import type { PeerLog } from '../child/peer.js'
import { now, sleep } from './clock.js'
import { type Host, newTopic, type World } from './world.js'

/** The barrier: all processes have heard of the moment by then. */
const START_MILLIS = 100
const POLL_MILLIS = 50

/** Peers of one side, spread over processes: the n-th is in process n modulo their number. */
export class Group {
  readonly topic = newTopic()
  readonly #id: number
  readonly #hosts: readonly Host[]
  readonly #size: number

  /** Makes peers whose nodes know the DHT. */
  static async create(
    world: World,
    hosts: readonly Host[],
    { side, reach, size }: { side: Side; reach: Reach; size: number }
  ): Promise<Group> {
    const used = hosts.slice(0, size)
    const group = new Group(world.newGroup(), used, size)
    const order = { group: group.#id, side, reach }
    await Promise.all(
      used.map((host, index) =>
        host.call('create', { ...order, count: group.#turns(index).length })
      )
    )
    return group
  }

  private constructor(id: number, hosts: readonly Host[], size: number) {
    this.#id = id
    this.#hosts = hosts
    this.#size = size
  }

  /** Lets everybody join so many ms after the one before; ends with the last one. */
  async join(apart: number): Promise<void> {
    const start = now() + START_MILLIS
    await Promise.all(
      this.#hosts.map((host, index) => {
        const at = this.#turns(index).map(turn => start + turn * apart)
        return host.call('join', { group: this.#id, topic: this.topic, at })
      })
    )
  }

  /** Ends when everybody is connected to everybody, when nobody tries any more, or after this long. */
  async settled(patience: number): Promise<void> {
    const end = now() + patience
    while (now() < end) {
      const all = await this.#each(host => host.call('progress', this.#id))
      const degrees = all.reduce((sum, { degrees }) => sum + degrees, 0)
      if (degrees === this.#size * (this.#size - 1) || all.every(({ resting }) => resting)) return
      await sleep(POLL_MILLIS)
    }
  }

  async logs(): Promise<PeerLog[]> {
    return (await this.#each(host => host.call('logs', this.#id))).flat()
  }

  async destroy(): Promise<void> {
    await this.#each(host => host.call('destroy', this.#id))
  }

  #each<T>(job: (host: Host) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#hosts.map(job))
  }

  // Which places in the order of joining a process has.
  #turns(index: number): number[] {
    const turns: number[] = []
    for (let turn = index; turn < this.#size; turn += this.#hosts.length) turns.push(turn)
    return turns
  }
}
