import fc from 'fast-check'
import { hash } from '../../src/base/crypto.js'
import { type Id, idFromBytes, type MessageId, type PeerKey } from '../../src/base/ids.js'
import { IHAVE_MAX, MAX_PEERS_PER_FRAME, REFERRAL_PEERS } from '../../src/protocol/config.js'
import type { Frame } from '../../src/protocol/wire/frames.js'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const ids = <T extends Id>() => fc.nat(999).map(n => idFromBytes<T>(hash([Buffer.from(`${n}`)])))
const id = ids<MessageId>()
const peer = ids<PeerKey>()
const hops = fc.nat(255)
const sealed = fc.uint8Array({ minLength: 1, maxLength: 200 })
const peers = fc.array(peer, { maxLength: MAX_PEERS_PER_FRAME })
const bare = (type: 'ping' | 'pong' | 'goodbye' | 'prune' | 'join' | 'disconnect') =>
  fc.constant<Frame>({ type })
const is = <T extends string>(type: T) => fc.constant(type)

/** Every frame there is, with values in range. */
export const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ type: is('hello'), version: fc.nat(255), proof: bytes(32) }),
  fc.record({
    type: is('identify'),
    identity: bytes(32),
    instance: bytes(8),
    signature: bytes(64),
    observer: fc.boolean()
  }),
  bare('ping'),
  bare('pong'),
  bare('goodbye'),
  fc.record({ type: is('message'), hops, sealed }),
  fc.record({
    type: is('ihave'),
    entries: fc.array(fc.record({ id, hops }), { maxLength: IHAVE_MAX })
  }),
  fc.record({ type: is('graft'), ids: fc.array(id, { maxLength: IHAVE_MAX }) }),
  bare('prune'),
  fc.record({ type: is('want'), ids: fc.array(id, { maxLength: 40 }) }),
  fc.record({ type: is('offer'), ids: fc.array(id, { maxLength: 40 }) }),
  fc.record({ type: is('stored'), sealed }),
  fc.record({ type: is('bare'), bare: sealed }),
  fc.record({ type: is('mesh'), reached: fc.nat(65_535), sealed }),
  fc.record({
    type: is('reconcile'),
    step: fc.constantFrom('open' as const, 'ask' as const, 'answer' as const),
    payload: fc.uint8Array({ maxLength: 200 })
  }),
  bare('join'),
  fc.record({ type: is('forward-join'), peer, ttl: hops }),
  fc.record({ type: is('neighbor'), priority: fc.constantFrom('low' as const, 'high' as const) }),
  fc.record({ type: is('neighbor-reply'), accepted: fc.boolean() }),
  bare('disconnect'),
  fc.record({ type: is('shuffle'), origin: peer, ttl: hops, peers }),
  fc.record({ type: is('shuffle-reply'), peers }),
  fc.record({ type: is('referral'), peers: fc.array(peer, { maxLength: REFERRAL_PEERS }) }),
  fc.record({ type: is('inquire'), departed: fc.boolean(), neighbors: fc.boolean() }),
  fc.record({ type: is('departed'), sealed }),
  fc.record({ type: is('neighbors'), peers })
)
