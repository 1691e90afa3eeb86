import { sleep } from '../async/sleep.js'
import { untilAborted } from '../async/until-aborted.js'
import type { KeyPair } from '../base/crypto.js'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { asSentence } from '../base/sentence.js'
import type { Millis } from '../base/time.js'
import { explainDhtError } from '../swarm/dht/dht-errors.js'
import type { SecretStream } from '../swarm/dht/stream-types.js'
import { oneSidedOpen, whenConfirmed } from '../swarm/dial/confirm.js'
import { isMissed } from '../swarm/networks/missed.js'
import { isNear } from '../swarm/networks/near.js'
import type { Network } from '../swarm/networks/network.js'
import { needsRelay } from '../swarm/relay/choose-relay.js'

/** The first network, the local one, has this head start: its way is the shortest. */
const HEAD_START_MILLIS: Millis = 300
/** A connection that only our side sees is dialled again, so often in all. */
const TRIES = 3
/**
 * Where neighbours elect who keeps the announcements, they are gone with the one that ended, and come back one by one: whoever
 * is not found is asked for again for so long since we are there. Guess: a busy process takes as long to announce anew.
 */
const SUCCESSION_MILLIS: Millis = 3_000
const ASK_AGAIN_MILLIS: Millis = 200

/** Whom to dial, as whom. */
export interface Dial {
  readonly publicKey: Uint8Array
  readonly keyPair: KeyPair
  /** Public keys of relays, tried one after another where there is no direct way. */
  readonly relays?: readonly Uint8Array[]
  /** Gives up. */
  readonly signal: AbortSignal
}

/** GIVEN_UP: another way was quicker, or the caller has had enough. */
const givenUp = () =>
  new SwarmchatError('GIVEN_UP', 'The dial was broken off before the other side answered.', {
    hint: 'Try again.',
    exitCode: 1
  })

/**
 * Dials a key on every network, the first with a head start; the first connection that the other side confirms wins.
 * Where none does it throws what went wrong, as an error of ours. The caller owns the stream's 'error'.
 */
export async function dialKey(networks: readonly Network[], dial: Dial): Promise<SecretStream> {
  const decided = new AbortController()
  const signal = AbortSignal.any([dial.signal, decided.signal])
  const first = networks.slice(0, 1).map(network => dialOn(network, { ...dial, signal }))
  const late = networks.slice(1).map(network => dialLater(network, { ...dial, signal }, first))
  try {
    return await Promise.any([...first, ...late])
  } catch (thrown) {
    throw verdict(thrown instanceof AggregateError ? thrown.errors : [thrown], networks)
  } finally {
    decided.abort()
  }
}

async function dialLater(
  network: Network,
  dial: Dial,
  first: readonly Promise<SecretStream>[]
): Promise<SecretStream> {
  await Promise.race([sleep(HEAD_START_MILLIS, dial.signal), ...first.map(failed)])
  return dialOn(network, dial)
}

// Resolves when the attempt has failed; one that succeeded is never waited for.
function failed(attempt: Promise<unknown>): Promise<void> {
  return new Promise(resolve => {
    attempt.catch(() => resolve())
  })
}

async function dialOn(network: Network, dial: Dial): Promise<SecretStream> {
  await untilAborted(dial.signal, usable(network))
  const patient = isNear(network) ? performance.now() + SUCCESSION_MILLIS : 0
  for (;;) {
    try {
      return await dialAnyWay(network, dial)
    } catch (thrown) {
      if (codeOf(thrown) !== 'PEER_NOT_FOUND' || performance.now() > patient) throw thrown
      await sleep(ASK_AGAIN_MILLIS, dial.signal)
      if (dial.signal.aborted) throw thrown
    }
  }
}

async function dialAnyWay(network: Network, dial: Dial): Promise<SecretStream> {
  const relays = (dial.relays ?? []).values()
  // Behind a randomising NAT the way over a relay stands long before a direct one, which takes over when it does.
  let relay = network.dht.randomized ? relays.next().value : undefined
  for (let opens = 1; ; ) {
    try {
      return await dialOnce(network, dial, relay)
    } catch (thrown) {
      const error = explainDhtError(thrown)
      const again = error.code === 'ONE_SIDED_OPEN' && opens++ < TRIES
      const next = again || !(relay || needsRelay(error.code)) ? undefined : relays.next().value
      if (dial.signal.aborted || !(again || next)) throw error
      relay = next ?? relay
    }
  }
}

// Rejects as soon as the network is offline: a person waits.
function usable(network: Network): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (network.problem !== undefined) reject(network.problem)
      else if (network.state === 'starting') return
      else resolve()
      network.off('state', check)
    }
    network.on('state', check)
    check()
  })
}

function dialOnce(
  network: Network,
  { publicKey, keyPair, signal }: Dial,
  relayThrough: Uint8Array | undefined
): Promise<SecretStream> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(givenUp())
    const stream = network.dht.connect(publicKey, { keyPair, relayThrough: relayThrough ?? null })
    const abort = () => stream.destroy(givenUp())
    const fail = (error?: Error) => reject(error ?? oneSidedOpen())
    signal.addEventListener('abort', abort)
    stream.on('error', fail)
    stream.once('close', fail)
    stream.once('close', () => signal.removeEventListener('abort', abort))
    whenConfirmed(stream, () => {
      signal.removeEventListener('abort', abort)
      stream.off('close', fail)
      resolve(stream)
    })
  })
}

/** The most telling failure; networks that are offline are mentioned, for the other side may be there. */
export function verdict(
  errors: readonly unknown[],
  networks: readonly Pick<Network, 'name' | 'problem'>[]
): SwarmchatError {
  const missing = networks.filter(network => network.problem && isMissed(network, networks))
  const worst = mostTelling(errors.map(explainDhtError), networks) ?? oneSidedOpen()
  // A network that tries again and again makes its problem anew.
  const others = missing.filter(({ problem }) => problem?.code !== worst.code)
  const unseen = others.map(({ name }) => `The ${name} network could not be searched.`)
  const message = [asSentence(worst.message), ...unseen].join(' ')
  return new SwarmchatError(worst.code, message, { hint: worst.hint, exitCode: 1, cause: worst })
}

// A dial that failed says more than a search in vain, and that more than a network that is offline.
function mostTelling(
  errors: readonly SwarmchatError[],
  networks: readonly Pick<Network, 'problem'>[]
): SwarmchatError | undefined {
  const missed = errors.filter(problem => isMissed({ problem }, networks))
  const offline = new Set(networks.map(({ problem }) => problem?.code))
  const searched = missed.filter(({ code }) => !offline.has(code) && code !== 'GIVEN_UP')
  const found = searched.find(({ code }) => code !== 'PEER_NOT_FOUND')
  return found ?? searched[0] ?? missed[0] ?? errors[0]
}
