import b4a from 'b4a'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** 32 bytes as 64 lower-case hex digits: what a room is found under in the DHT. */
export type Topic = Branded<'Topic'>
/** 32 bytes as 64 lower-case hex digits: the Ed25519 *device* key that is announced and dialled. */
export type PeerKey = Branded<'PeerKey'>
/** 32 bytes as 64 lower-case hex digits: the Ed25519 key that signs messages and that a person sees. */
export type IdentityKey = Branded<'IdentityKey'>
/** 32 bytes as 64 lower-case hex digits: BLAKE2b-256 of a whole signed message. */
export type MessageId = Branded<'MessageId'>
/** 32 bytes as 64 lower-case hex digits: the key that a member's relay for others listens on. */
export type RelayKey = Branded<'RelayKey'>
/** 32 bytes as 64 lower-case hex digits: what an invitation that admits is called; it gives nothing of it away. */
export type InvitationId = Branded<'InvitationId'>

/** Any of the 32-byte names above. */
export type Id = Topic | PeerKey | IdentityKey | MessageId | RelayKey | InvitationId

/** Length in bytes of every id, key and hash. */
export const ID_BYTES = 32

const HEX_ID = /^[0-9a-f]{64}$/

/** Reads 64 hex digits of either case; undefined for anything else. */
export function parseId<T extends Id>(text: string): T | undefined {
  const lower = text.toLowerCase()
  return HEX_ID.test(lower) ? (lower as T) : undefined
}

/** The id that these 32 bytes spell. Callers check the length; a wrong one is a bug of ours. */
export function idFromBytes<T extends Id>(bytes: Uint8Array): T {
  if (bytes.byteLength !== ID_BYTES) throw new RangeError(`an id has ${ID_BYTES} bytes`)
  return b4a.toString(bytes, 'hex') as T
}

/** The id that the 32 bytes from there on spell, which must all be there. No view of them is made: every frame has some. */
export function idAt<T extends Id>(bytes: Uint8Array, at: number): T {
  return b4a.toString(bytes, 'hex', at, at + ID_BYTES) as T
}

/** The 32 bytes that an id spells. */
export function idToBytes(id: Id): Uint8Array {
  return b4a.from(id, 'hex')
}

const COPIED = b4a.alloc(ID_BYTES)

/** Writes the 32 bytes that an id spells to this place: of very many ids, as nothing is made for it. */
export function copyId(id: Id, to: Uint8Array, at: number): void {
  b4a.write(COPIED, id, 0, ID_BYTES, 'hex')
  to.set(COPIED, at)
}

/** The first eight hex digits: enough for a person to tell the keys of a room apart. */
export function shortId(id: Id): string {
  return id.slice(0, 8)
}
