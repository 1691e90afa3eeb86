import { isMissed } from '../swarm/networks/missed.js'
import type { StatusEvent } from './events.js'

/** What a status is told from: a network's name, how it is, and why it is not well. */
export interface NetworkView {
  readonly name: string
  readonly state: string
  readonly problem?:
    | { readonly message: string; readonly code?: string; readonly hint?: string }
    | undefined
}

const PREFIX = 'offline: '

const PLACES: ReadonlyMap<string, string> = new Map([
  ['local', 'on this machine'],
  ['lan', 'on the local network']
])

/** Problems that end only where somebody does something. */
const REMEDIED = new Set(['PORT_TAKEN', 'NO_LOOPBACK', 'ENOTFOUND', 'EAI_AGAIN'])

/** The status to tell when this one of the networks changed: one sentence about all of them. */
export function statusOf(changed: NetworkView, all: readonly NetworkView[]): StatusEvent {
  const told = all.filter(network => isNews(network, all))
  return { type: 'status', network: changed.name, state: changed.state, text: sentence(told) }
}

/** Which changes of networks are worth telling. */
export class NetworkNews {
  // BOUNDED: one per network.
  readonly #troubled = new Set<NetworkView>()

  /**
   * What to tell of a network that changed, of these. The first time that one comes up is nothing
   * to tell: `ready` is.
   */
  take(changed: NetworkView, all: readonly NetworkView[]): StatusEvent | undefined {
    if (!isNews(changed, all)) return undefined
    if (changed.state === 'online' && !this.#troubled.delete(changed)) return undefined
    if (changed.state !== 'online') this.#troubled.add(changed)
    return statusOf(changed, all)
  }

  /** What to tell of networks that were in trouble already, when nobody listened yet. */
  begin(all: readonly NetworkView[]): (StatusEvent | undefined)[] {
    const missed = all.filter(({ state }) => state === 'offline')
    return missed.filter(each => !this.#troubled.has(each)).map(each => this.take(each, all))
  }
}

/**
 * False where a network is missing that nobody misses: a machine on no LAN, where there are other
 * networks.
 */
function isNews(network: NetworkView, all: readonly NetworkView[]): boolean {
  return isMissed(network, all)
}

// Where nothing works, the reason is enough; where something does, it says what and what not.
function sentence(all: readonly NetworkView[]): string {
  const reasons = new Set(all.map(reason))
  const [only] = reasons
  if (reasons.size === 1 && only && all.every(isOffline)) return `${PREFIX}${only}`
  if (onlyInternetIsMissing(all)) {
    return `no internet: only people ${placesOf(all)} are found; still trying`
  }
  const working = all.filter(({ state }) => state === 'online')
  return [...all.filter(network => !working.includes(network)), ...working].map(describe).join('. ')
}

function onlyInternetIsMissing(all: readonly NetworkView[]): boolean {
  const [missing, ...more] = all.filter(({ state }) => state !== 'online')
  return (
    more.length === 0 &&
    missing?.name === 'public' &&
    missing.problem?.code === 'DHT_OFFLINE' &&
    placesOf(all) !== ''
  )
}

function placesOf(all: readonly NetworkView[]): string {
  return all.flatMap(({ name }) => PLACES.get(name) ?? []).join(' or ')
}

function isOffline({ state }: NetworkView): boolean {
  return state === 'offline'
}

function describe(network: NetworkView): string {
  if (network.state === 'online') return `${network.name}: ok`
  return `${network.name}: ${reason(network) || 'starting'}`
}

function reason({ problem }: NetworkView): string {
  if (problem === undefined) return ''
  const { code = '', hint, message } = problem
  const text = message.startsWith(PREFIX) ? message.slice(PREFIX.length) : message
  return hint && REMEDIED.has(code)
    ? `${text.replace(/\.$/, '')}. ${hint.replace(/\.$/, '')}`
    : text
}
