import type { KeyPair } from '../base/crypto.js'
import { unlessFault } from './dht/dht-errors.js'
import type { DhtNode } from './dht/types.js'
import type { Network } from './networks/network.js'

/** A value longer than this is passed over, whoever signed it. Guess; DHT nodes take 1,700 bytes (measured). */
const MAX_RECORD_BYTES = 1_000

/** A value under a key in the DHT, and which one of its values it is: the highest number counts. */
export interface KeyRecord {
  readonly value: Uint8Array
  readonly seq: number
}

/**
 * Stores a value (at most 1,000 bytes) under our own key on every network that is online. If nodes have a later one, which they do
 * not tell, it is stored again after that. Gives the highest number that it was stored as. Never rejects: what is not stored now is next
 * time.
 */
export async function putRecord(
  networks: readonly Network[],
  keyPair: KeyPair,
  record: KeyRecord
): Promise<number> {
  const stored = await Promise.all(online(networks).map(({ dht }) => putOn(dht, keyPair, record)))
  return stored.reduce((highest, seq) => Math.max(highest, seq), record.seq)
}

/** The same unless there is a later one: another program has the key, and wrote there after us. Never rejects. */
export async function putUnlessLater(
  networks: readonly Network[],
  keyPair: KeyPair,
  { seq, value }: KeyRecord
): Promise<void> {
  const puts = online(networks).map(({ dht }) => dht.mutablePut(keyPair, value, { seq }))
  await Promise.all(puts.map(put => put.then(() => {}, unlessFault)))
}

/** The latest value under a key, on any network; undefined where there is none, or none that fits. Never rejects. */
export async function readRecord(
  networks: readonly Network[],
  publicKey: Uint8Array
): Promise<KeyRecord | undefined> {
  const found = await Promise.all(online(networks).map(({ dht }) => readFrom(dht, publicKey)))
  let latest: KeyRecord | undefined
  for (const record of found)
    if (record !== undefined && record.seq > (latest?.seq ?? -1)) latest = record
  return latest
}

/** Stores a value (at most 1,000 bytes) under its BLAKE2b-256 on every network that is online. Never rejects. */
export async function putValue(networks: readonly Network[], value: Uint8Array): Promise<void> {
  await Promise.all(
    online(networks).map(({ dht }) => dht.immutablePut(value).then(() => {}, unlessFault))
  )
}

/** The value that has this BLAKE2b-256, of any network; undefined where there is none, or none that fits. Never rejects. */
export async function readValue(
  networks: readonly Network[],
  target: Uint8Array
): Promise<Uint8Array | undefined> {
  const found = await Promise.all(online(networks).map(({ dht }) => valueFrom(dht, target)))
  return found.find(value => value !== undefined)
}

/** Whether every network that is online has the value. Never rejects. */
export async function isStored(networks: readonly Network[], target: Uint8Array): Promise<boolean> {
  const found = await Promise.all(online(networks).map(({ dht }) => valueFrom(dht, target)))
  return found.every(value => value !== undefined)
}

async function valueFrom(dht: DhtNode, target: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const found = await dht.immutableGet(target)
    return found !== null && found.value.byteLength <= MAX_RECORD_BYTES ? found.value : undefined
  } catch (thrown) {
    unlessFault(thrown)
    return undefined
  }
}

async function putOn(dht: DhtNode, keyPair: KeyPair, { seq, value }: KeyRecord): Promise<number> {
  try {
    await dht.mutablePut(keyPair, value, { seq })
    const stored = await dht.mutableGet(keyPair.publicKey)
    if (stored === null || stored.seq <= seq) return seq
    await dht.mutablePut(keyPair, value, { seq: stored.seq + 1 })
    return stored.seq + 1
  } catch (thrown) {
    unlessFault(thrown)
    return seq
  }
}

async function readFrom(dht: DhtNode, publicKey: Uint8Array): Promise<KeyRecord | undefined> {
  try {
    const found = await dht.mutableGet(publicKey)
    return found !== null && found.value.byteLength <= MAX_RECORD_BYTES ? found : undefined
  } catch (thrown) {
    unlessFault(thrown)
    return undefined
  }
}

function online(networks: readonly Network[]): Network[] {
  return networks.filter(({ state }) => state === 'online')
}
