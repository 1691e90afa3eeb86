import type { IdentityKey, PeerKey } from '../../../base/ids.js'
import type { Millis } from '../../../base/time.js'
import { ByteReader, ByteWriter } from '../bytes.js'

/** The body of a suspicion, kind 128: the newest presence of this device that the author knows of, and the device is silent. */
export interface SuspicionBody {
  readonly identity: IdentityKey
  readonly device: PeerKey
  readonly clock: Millis
}

export function encodeSuspicionBody({ clock, device, identity }: SuspicionBody): Uint8Array {
  return new ByteWriter().id(identity).id(device).uint64(clock).finish()
}

/** Undefined for what is no suspicion. Bytes that a later version may add are passed over. */
export function decodeSuspicionBody(body: Uint8Array): SuspicionBody | undefined {
  const reader = new ByteReader(body)
  const identity = reader.id<IdentityKey>()
  const device = reader.id<PeerKey>()
  const clock = reader.uint64()
  if (reader.failed || identity === undefined || device === undefined) return undefined
  return { identity, device, clock }
}
