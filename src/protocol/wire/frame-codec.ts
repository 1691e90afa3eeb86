import { SIGNATURE_BYTES } from '../../base/crypto.js'
import { ID_BYTES, type MessageId, type PeerKey } from '../../base/ids.js'
import {
  HOPS_MAX,
  IHAVE_MAX,
  INSTANCE_BYTES,
  MAX_FRAME_BYTES,
  MAX_PEERS_PER_FRAME,
  MAX_WANT_IDS,
  REFERRAL_PEERS
} from '../config.js'
import { ByteReader, ByteWriter } from './bytes.js'
import type { Frame, HaveEntry } from './frames.js'
import { MAX_BARE_BYTES, MAX_SEALED_BYTES } from './message.js'

/** A frame, or the end of a sentence that says what is wrong with the bytes. */
export type Decoded =
  | { readonly ok: true; readonly frame: Frame }
  | { readonly ok: false; readonly detail: string }

type Known = Exclude<Frame, { type: 'unknown' }>
type Type = Known['type']

interface Codec<F extends Known> {
  /** The frame's first byte. */
  readonly code: number
  write(writer: ByteWriter, frame: F): unknown
  /** Undefined for values that are out of range; a reader that failed says so itself. */
  read(reader: ByteReader): F | undefined
}

type Codecs = { readonly [T in Type]: Codec<Extract<Known, { type: T }>> }

const OBSERVER = 1
const ASKS_DEPARTED = 1
const ASKS_NEIGHBORS = 2
const STEPS = ['open', 'ask', 'answer'] as const

const CODECS: Codecs = {
  hello: {
    code: 1,
    write: (w, f) => w.uint8(f.version).bytes(f.proof),
    read: r => ({ type: 'hello', version: r.uint8(), proof: r.bytes(ID_BYTES) })
  },
  identify: {
    code: 2,
    write: (w, f) =>
      w
        .bytes(f.identity)
        .bytes(f.instance)
        .bytes(f.signature)
        .uint8(f.observer ? OBSERVER : 0),
    read: r => ({
      type: 'identify',
      identity: r.bytes(ID_BYTES),
      instance: r.bytes(INSTANCE_BYTES),
      signature: r.bytes(SIGNATURE_BYTES),
      observer: (r.uint8() & OBSERVER) !== 0
    })
  },
  ping: bare(3, { type: 'ping' }),
  pong: bare(4, { type: 'pong' }),
  goodbye: bare(5, { type: 'goodbye' }),
  message: {
    code: 16,
    write: (w, f) => w.uint8(Math.min(f.hops, HOPS_MAX)).bytes(f.sealed),
    read: r => {
      const hops = r.uint8()
      const sealed = readSealed(r)
      return sealed && { type: 'message', hops, sealed }
    }
  },
  ihave: {
    code: 17,
    write: (w, f) => {
      w.uint8(atMost(f.entries, IHAVE_MAX))
      for (const { hops, id } of f.entries) w.id(id).uint8(Math.min(hops, HOPS_MAX))
    },
    read: r => {
      const entries = readEntries(r)
      return entries && { type: 'ihave', entries }
    }
  },
  graft: {
    code: 18,
    write: (w, f) => w.uint8(f.ids.length).ids(f.ids, IHAVE_MAX),
    read: r => ({ type: 'graft', ids: r.ids<MessageId>(r.uint8(), IHAVE_MAX) })
  },
  prune: bare(19, { type: 'prune' }),
  mesh: {
    code: 20,
    write: (w, f) => w.uint16(f.reached).bytes(f.sealed),
    read: r => {
      const reached = r.uint16()
      const sealed = readSealed(r)
      return sealed && { type: 'mesh', reached, sealed }
    }
  },
  want: {
    code: 32,
    write: (w, f) => w.uint16(f.ids.length).ids(f.ids, MAX_WANT_IDS),
    read: r => ({ type: 'want', ids: r.ids<MessageId>(r.uint16(), MAX_WANT_IDS) })
  },
  stored: {
    code: 33,
    write: (w, f) => w.bytes(f.sealed),
    read: r => {
      const sealed = readSealed(r)
      return sealed && { type: 'stored', sealed }
    }
  },
  reconcile: {
    code: 34,
    write: (w, f) => w.uint8(STEPS.indexOf(f.step)).bytes(f.payload),
    read: r => {
      const step = STEPS[r.uint8()]
      const payload = Uint8Array.from(r.rest())
      return step && { type: 'reconcile', step, payload }
    }
  },
  offer: {
    code: 35,
    write: (w, f) => w.uint16(f.ids.length).ids(f.ids, MAX_WANT_IDS),
    read: r => ({ type: 'offer', ids: r.ids<MessageId>(r.uint16(), MAX_WANT_IDS) })
  },
  bare: {
    code: 36,
    write: (w, f) => w.bytes(f.bare),
    read: r => {
      const bytes = r.rest()
      const fits = bytes.byteLength > 0 && bytes.byteLength <= MAX_BARE_BYTES
      return fits ? { type: 'bare', bare: bytes } : undefined
    }
  },
  join: bare(48, { type: 'join' }),
  'forward-join': {
    code: 49,
    write: (w, f) => w.id(f.peer).uint8(f.ttl),
    read: r => {
      const peer = r.id<PeerKey>()
      const ttl = r.uint8()
      return peer && { type: 'forward-join', peer, ttl }
    }
  },
  neighbor: {
    code: 50,
    write: (w, f) => w.uint8(f.priority === 'high' ? 1 : 0),
    read: r => {
      const high = readFlag(r)
      if (high === undefined) return undefined
      return { type: 'neighbor', priority: high ? 'high' : 'low' }
    }
  },
  'neighbor-reply': {
    code: 51,
    write: (w, f) => w.uint8(f.accepted ? 1 : 0),
    read: r => {
      const accepted = readFlag(r)
      return accepted === undefined ? undefined : { type: 'neighbor-reply', accepted }
    }
  },
  disconnect: bare(52, { type: 'disconnect' }),
  shuffle: {
    code: 53,
    write: (w, f) =>
      w.id(f.origin).uint8(f.ttl).uint8(f.peers.length).ids(f.peers, MAX_PEERS_PER_FRAME),
    read: r => {
      const origin = r.id<PeerKey>()
      const ttl = r.uint8()
      const peers = r.ids<PeerKey>(r.uint8(), MAX_PEERS_PER_FRAME)
      return origin && { type: 'shuffle', origin, ttl, peers }
    }
  },
  'shuffle-reply': {
    code: 54,
    write: (w, f) => w.uint8(f.peers.length).ids(f.peers, MAX_PEERS_PER_FRAME),
    read: r => ({ type: 'shuffle-reply', peers: r.ids<PeerKey>(r.uint8(), MAX_PEERS_PER_FRAME) })
  },
  referral: {
    code: 55,
    write: (w, f) => w.uint8(f.peers.length).ids(f.peers, REFERRAL_PEERS),
    read: r => ({ type: 'referral', peers: r.ids<PeerKey>(r.uint8(), REFERRAL_PEERS) })
  },
  inquire: {
    code: 64,
    write: (w, f) => w.uint8((f.departed ? ASKS_DEPARTED : 0) | (f.neighbors ? ASKS_NEIGHBORS : 0)),
    read: r => {
      const flags = r.uint8()
      const has = (bit: number) => (flags & bit) !== 0
      return { type: 'inquire', departed: has(ASKS_DEPARTED), neighbors: has(ASKS_NEIGHBORS) }
    }
  },
  departed: {
    code: 65,
    write: (w, f) => w.bytes(f.sealed),
    read: r => {
      const sealed = readSealed(r)
      return sealed && { type: 'departed', sealed }
    }
  },
  neighbors: {
    code: 66,
    write: (w, f) => w.uint8(f.peers.length).ids(f.peers, MAX_PEERS_PER_FRAME),
    read: r => ({ type: 'neighbors', peers: r.ids<PeerKey>(r.uint8(), MAX_PEERS_PER_FRAME) })
  }
}

const BY_CODE: ReadonlyMap<number, Pick<Codec<Known>, 'read'>> = new Map(
  Object.values(CODECS).map(codec => [codec.code, codec])
)

/** What goes to several peers is encoded once: frames do not change. */
let last: { readonly frame: Frame; readonly bytes: Uint8Array } | undefined

/** The bytes of a frame: its code, then its payload. RangeError for a frame over a cap: a bug of ours. */
export function encodeFrame(frame: Frame): Uint8Array {
  if (last?.frame === frame) return last.bytes
  const bytes = encode(frame)
  last = { frame, bytes }
  return bytes
}

function encode(frame: Frame): Uint8Array {
  const writer = new ByteWriter()
  if (frame.type === 'unknown') return writer.uint8(frame.code).finish()
  const codec = CODECS[frame.type] as Codec<Known>
  codec.write(writer.uint8(codec.code), frame)
  return writer.finish()
}

/**
 * Reads any bytes and never throws. A code that is not known gives `unknown`, so that later versions can add frames; a
 * known one must be followed by exactly its payload. Sealed messages are views of the bytes, not copies.
 */
export function decodeFrame(bytes: Uint8Array): Decoded {
  const [code] = bytes
  if (code === undefined) return { ok: false, detail: 'an empty frame' }
  if (bytes.byteLength > MAX_FRAME_BYTES) {
    return { ok: false, detail: `a frame of ${bytes.byteLength} bytes` }
  }
  const codec = BY_CODE.get(code)
  if (codec === undefined) return { ok: true, frame: { type: 'unknown', code } }
  const reader = new ByteReader(bytes.subarray(1))
  const frame = codec.read(reader)
  if (frame !== undefined && reader.complete) return { ok: true, frame }
  return { ok: false, detail: `a damaged frame with code ${code}` }
}

function bare<F extends Known>(code: number, frame: F): Codec<F> {
  return { code, write: () => {}, read: () => frame }
}

function atMost(list: readonly unknown[], cap: number): number {
  if (list.length > cap) throw new RangeError(`${list.length} entries where ${cap} fit`)
  return list.length
}

function readFlag(reader: ByteReader): boolean | undefined {
  const byte = reader.uint8()
  return byte > 1 ? undefined : byte === 1
}

function readSealed(reader: ByteReader): Uint8Array | undefined {
  const sealed = reader.rest()
  return sealed.byteLength === 0 || sealed.byteLength > MAX_SEALED_BYTES ? undefined : sealed
}

function readEntries(reader: ByteReader): HaveEntry[] | undefined {
  const count = reader.uint8()
  const entries: HaveEntry[] = []
  while (count <= IHAVE_MAX && !reader.failed && entries.length < count) {
    const id = reader.id<MessageId>()
    const hops = reader.uint8()
    if (id !== undefined) entries.push({ id, hops })
  }
  return entries.length === count ? entries : undefined
}
