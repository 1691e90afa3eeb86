import type { StatusEvent } from './events.js'

/** What a status is told from: a network's name, how it is, and why it is not well. */
export interface NetworkView {
  readonly name: string
  readonly state: string
  readonly problem?: { readonly message: string; readonly code?: string } | undefined
}

const PREFIX = 'offline: '
/** Where people are who are found without internet. */
const NEAR = new Map([
  ['local', 'on this machine'],
  ['lan', 'on the local network']
])

/** The status to tell when this one of the networks changed: one sentence about all of them. */
export function statusOf(changed: NetworkView, all: readonly NetworkView[]): StatusEvent {
  const told = all.filter(network => isNews(network, all))
  return { type: 'status', network: changed.name, state: changed.state, text: sentence(told) }
}

/** False where a network is missing that nobody misses: a machine on no LAN, where there are other networks. */
export function isNews(network: NetworkView, all: readonly NetworkView[]): boolean {
  return network.problem?.code !== 'NO_LAN' || all.length === 1
}

// Where nothing works, the reason is enough; where something does, it says what and what not.
function sentence(all: readonly NetworkView[]): string {
  const without = withoutInternet(all)
  if (without !== undefined) return without
  const reasons = new Set(all.map(reason))
  const [only] = reasons
  if (reasons.size === 1 && only && all.every(isOffline)) return `${PREFIX}${only}`
  const working = all.filter(({ state }) => state === 'online')
  return [...all.filter(network => !working.includes(network)), ...working].map(describe).join('. ')
}

// What people without internet want to know; undefined where that is not all there is to say.
function withoutInternet(all: readonly NetworkView[]): string | undefined {
  const others = all.filter(({ name }) => name !== 'public')
  const internet = all.find(({ name }) => name === 'public')
  if (internet?.problem?.code !== 'DHT_OFFLINE' || others.length === 0) return undefined
  if (!others.every(({ name, state }) => state === 'online' && NEAR.has(name))) return undefined
  const near = others.map(({ name }) => NEAR.get(name)).join(' and ')
  return `no internet: only people ${near} are found; still trying`
}

function isOffline({ state }: NetworkView): boolean {
  return state === 'offline'
}

function describe(network: NetworkView): string {
  if (network.state === 'online') return `${network.name}: ok`
  return `${network.name}: ${reason(network) || 'starting'}`
}

function reason({ problem }: NetworkView): string {
  const text = problem?.message ?? ''
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text
}
