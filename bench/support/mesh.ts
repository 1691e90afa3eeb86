import type { PeerLog } from '../child/peer.js'

/** What became of a crowd, from its logs. Times in ms since the last one joined; null: never. */
export interface Mesh {
  readonly oneComponent: number | null
  readonly everyPair: number | null
  readonly missingPairs: number
  readonly dialsPerPair: number | null
}

/** A pair is connected while both sides have a connection to each other. */
export function meshOf(logs: readonly PeerLog[]): Mesh {
  const size = logs.length
  const pairs = (size * (size - 1)) / 2
  const joined = Math.max(...logs.map(log => log.joinedAt))
  const { oneComponentAt, everyPairAt, connected } = replay(logs, pairs)
  const dials = logs.reduce((sum, log) => sum + log.dials.length, 0)
  return {
    oneComponent: since(joined, oneComponentAt),
    everyPair: since(joined, everyPairAt),
    missingPairs: pairs - connected,
    dialsPerPair: connected === 0 ? null : dials / connected
  }
}

function since(start: number, at: number | undefined): number | null {
  return at === undefined ? null : Math.max(0, at - start)
}

interface Replayed {
  readonly oneComponentAt: number | undefined
  readonly everyPairAt: number | undefined
  readonly connected: number
}

// Both ends' views, in the order of the machine's clock.
function replay(logs: readonly PeerLog[], pairs: number): Replayed {
  const events = logs.flatMap(({ key, links }) => links.map(link => ({ ...link, key })))
  const views = new Map<string, Set<string>>()
  const components = new Components(logs.map(log => log.key))
  let [connected, oneComponentAt, everyPairAt] = [0, undefined, undefined] as [
    number,
    number | undefined,
    number | undefined
  ]
  for (const { at, key, peer, up } of events.sort((a, b) => a.at - b.at)) {
    const pair = key < peer ? key + peer : peer + key
    const seenBy = views.get(pair) ?? new Set()
    views.set(pair, seenBy)
    if (seenBy.size === 2) connected--
    if (up) seenBy.add(key)
    else seenBy.delete(key)
    if (seenBy.size < 2) continue
    connected++
    components.join(key, peer)
    if (components.count === 1) oneComponentAt ??= at
    if (connected === pairs) everyPairAt ??= at
  }
  return { oneComponentAt, everyPairAt, connected }
}

/** Which peers are connected to each other, directly or not. */
class Components {
  readonly #parents: Map<string, string>
  count: number

  constructor(keys: readonly string[]) {
    this.#parents = new Map(keys.map(key => [key, key]))
    this.count = keys.length
  }

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.#root(a), this.#root(b)]
    if (rootA === rootB) return
    this.#parents.set(rootA, rootB)
    this.count--
  }

  #root(key: string): string {
    const parent = this.#parents.get(key) ?? key
    if (parent === key) return key
    const root = this.#root(parent)
    this.#parents.set(key, root)
    return root
  }
}
