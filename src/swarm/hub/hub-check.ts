import { readFile } from 'node:fs/promises'
import { atMost } from '../../async/at-most.js'
import { codeOf, type SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { errorOf, explainDhtError, unlessFault } from '../dht/dht-errors.js'
import { createLoopbackDht, keyPair } from '../dht/nodes.js'
import type { DhtNode } from '../dht/types.js'
import { findHub, portTaken } from './hub-client.js'
import { ownerOf } from './hub-owner.js'
import { LOOPBACK, openHub } from './hub-server.js'

/**
 * free: we could run the hub; running: another swarmchat does, `owner` is the id of its user where the system tells; taken:
 * neither.
 */
export type HubCheck =
  | { readonly state: 'free' }
  | { readonly state: 'running'; readonly owner: number | undefined }
  | { readonly state: 'taken'; readonly problem: SwarmchatError }

/** A hub that does not show in this time that it is one, is none. Guess: a busy one takes as long. */
const PROOF_MILLIS: Millis = 5_000

/**
 * Whether the hub of the local network is there or could be run, tried out. Never rejects.
 *
 * A hub is taken for one when it greets, and when its DHT node keeps an announcement of a random key under a random topic and
 * tells of it. More cannot be proved: a program that does all this for a check-up may still hide members from each other.
 */
export async function checkLocalHub(port: number): Promise<HubCheck> {
  try {
    const home = await findHub({ port }, new AbortController().signal)
    await home.leave()
  } catch (thrown) {
    return codeOf(thrown) === 'ECONNREFUSED'
      ? tryToRun(port)
      : { state: 'taken', problem: asProblem(port, thrown) }
  }
  if (await keepsAnnouncements(port))
    return { state: 'running', owner: await ownerOf(port, readFile) }
  const sentence = `What greets like a hub on port ${port} of ${LOOPBACK} does not keep what is announced there.`
  return { state: 'taken', problem: errorOf('HUB_SILENT', { sentence }) }
}

async function tryToRun(port: number): Promise<HubCheck> {
  try {
    const home = await openHub({ port })
    await home.leave()
    return { state: 'free' }
  } catch (thrown) {
    return { state: 'taken', problem: asProblem(port, thrown) }
  }
}

function asProblem(port: number, thrown: unknown): SwarmchatError {
  const somebody = ['EADDRINUSE', 'ECONNRESET', 'EPIPE'].includes(codeOf(thrown) ?? '')
  return somebody ? portTaken(port, thrown) : explainDhtError(thrown)
}

async function keepsAnnouncements(port: number): Promise<boolean> {
  const nodes = [0, 1].map(() => createLoopbackDht({ bootstrap: [{ host: LOOPBACK, port }] }))
  let kept = false
  const proof = announceAndLookUp(nodes).then(found => {
    kept = found
  })
  await atMost(PROOF_MILLIS, proof.catch(unlessFault))
  await Promise.all(nodes.map(node => node.destroy({ force: true })))
  return kept
}

// One node announces, and another one, of which the hub knows nothing, looks that up.
async function announceAndLookUp([one, other]: readonly DhtNode[]): Promise<boolean> {
  const [topic, pair] = [keyPair().publicKey, keyPair()]
  await one?.announce(topic, pair, []).finished()
  let found = false
  for await (const { peers } of other?.lookup(topic) ?? []) {
    found ||= peers.some(({ publicKey }) => publicKey.equals(pair.publicKey))
  }
  return found
}
