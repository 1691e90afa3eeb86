import { type KeyPair, keyPairFromSeed } from '../../src/base/crypto.js'
import { idFromBytes, type MessageId, type PeerKey } from '../../src/base/ids.js'
import { bytesOf } from '../../src/base/random.js'
import { MAX_DELETED_MESSAGES, MAX_PARENTS } from '../../src/protocol/config.js'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import { encodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_DELETION, KIND_PRESENCE } from '../../src/protocol/wire/kinds.js'
import type { MessageRoom } from '../../src/protocol/wire/message.js'
import { NONCE_BYTES, seal } from '../../src/protocol/wire/message.js'

/** What an attacker on the network has. */
export interface Flooder {
  readonly room: MessageRoom
  /** Frames made so far. */
  count: number
}

/** What an attacker sends. */
export interface Flood {
  /** Frames of one link in a second. */
  readonly perSecond: number
  readonly frame: (flooder: Flooder) => Frame
}

/** Frames that a link may bring in a second without being closed. */
const FRAMES = 2_800
const KEYS = 5_000
const keys = new Map<number, KeyPair>()
const INVISIBLE = 77

function keyOf(n: number): KeyPair {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, n)
  const key = keys.get(n) ?? keyPairFromSeed(seed)
  keys.set(n, key)
  return key
}

function numbered(n: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES)
  new DataView(nonce.buffer).setUint32(0, n)
  return nonce
}

interface Said {
  readonly kind?: number
  readonly by?: number
  readonly clock?: number
  readonly body?: Uint8Array
  readonly parents?: MessageId[]
}

function said(flooder: Flooder, { by = flooder.count % KEYS, kind = INVISIBLE, ...rest }: Said) {
  const nonce = numbered(++flooder.count)
  const draft = { kind, clock: Date.now(), parents: [], nonce, body: new Uint8Array(0), ...rest }
  return seal(draft, keyOf(by), flooder.room).sealed
}

const random = (bytes: number) => bytesOf(Math.random, bytes)
const ids = (count: number) =>
  Array.from({ length: count }, () => idFromBytes<MessageId>(random(32)))

function presence(flooder: Flooder): Uint8Array {
  const flags = { leaving: false, bot: false, routine: false }
  const device = idFromBytes<PeerKey>(random(32))
  const body = encodePresenceBody({
    device,
    instance: random(8),
    ...flags,
    interval: 60_000,
    nick: 'eve'
  })
  return said(flooder, { kind: KIND_PRESENCE, by: flooder.count, body })
}

// Nobody has ever said what it takes back.
function deletion(flooder: Flooder): Uint8Array {
  const body = encodeDeletionBody({ targets: ids(MAX_DELETED_MESSAGES) })
  return said(flooder, { kind: KIND_DELETION, by: flooder.count % 100, body })
}

/** Floods by name. */
export const FLOODS: Readonly<Record<string, Flood>> = {
  nothing: { perSecond: 0, frame: () => ({ type: 'ping' }) },
  identities: {
    perSecond: FRAMES,
    frame: flooder => ({ type: 'message', hops: 1, sealed: said(flooder, {}) })
  },
  orphans: {
    perSecond: FRAMES,
    frame: flooder => ({
      type: 'message',
      hops: 1,
      sealed: said(flooder, { parents: ids(MAX_PARENTS) })
    })
  },
  talkative: {
    perSecond: FRAMES,
    frame: flooder => ({
      type: 'message',
      hops: 1,
      sealed: said(flooder, { by: flooder.count % 100 })
    })
  },
  large: {
    perSecond: 500,
    frame: flooder => ({
      type: 'message',
      hops: 1,
      sealed: said(flooder, { by: flooder.count % 100, body: new Uint8Array(8_000) })
    })
  },
  medium: {
    perSecond: FRAMES,
    frame: flooder => ({
      type: 'message',
      hops: 1,
      sealed: said(flooder, { by: flooder.count % 100, body: new Uint8Array(2_000) })
    })
  },
  deletions: {
    perSecond: FRAMES,
    frame: flooder => ({ type: 'message', hops: 1, sealed: deletion(flooder) })
  },
  history: {
    perSecond: FRAMES,
    frame: flooder => ({
      type: 'stored',
      sealed: said(flooder, { by: flooder.count % 100, clock: Date.now() - 3_600_000 })
    })
  },
  mesh: {
    perSecond: FRAMES,
    frame: flooder => ({ type: 'mesh', reached: 3, sealed: said(flooder, {}) })
  },
  presences: {
    perSecond: FRAMES,
    frame: flooder => ({ type: 'message', hops: 1, sealed: presence(flooder) })
  },
  announced: {
    perSecond: Math.floor(FRAMES / 9),
    frame: () => ({ type: 'ihave', entries: ids(128).map(id => ({ id, hops: 1 })) })
  },
  offered: { perSecond: Math.floor(FRAMES / 33), frame: () => ({ type: 'offer', ids: ids(512) }) }
}
