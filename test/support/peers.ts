import { hash } from '../../src/base/crypto.js'
import { type Id, idFromBytes, type PeerKey } from '../../src/base/ids.js'

/** The key that this name stands for, the same in every run. */
export function idOf<T extends Id = PeerKey>(name: string | number): T {
  return idFromBytes<T>(hash([new TextEncoder().encode(`${name}`)]))
}
