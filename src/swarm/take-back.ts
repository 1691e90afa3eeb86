import type { KeyPair } from '../base/crypto.js'
import type { Network } from './networks/network.js'

/**
 * Takes back what a key pair of ours has announced under a topic, on all networks: the program that
 * did is gone. Takes seconds if nobody answers. Never rejects: records expire by themselves.
 */
export async function takeBack(
  networks: readonly Network[],
  topic: Uint8Array,
  keyPair: KeyPair
): Promise<void> {
  await Promise.allSettled(networks.map(({ dht }) => dht.unannounce(topic, keyPair)))
}
