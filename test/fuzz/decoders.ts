import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import {
  askAdmission,
  openAnswer,
  sealAnswer,
  ticketAsked,
  ticketOf,
  whoAsks
} from '../../src/protocol/access/admission.js'
import { openCardRecord, sealCardRecord } from '../../src/protocol/access/card-record.js'
import { openDeviceRecord, sealDeviceRecord } from '../../src/protocol/access/device-record.js'
import { readLink, writeLink, writeTicket } from '../../src/protocol/access/invitation-link.js'
import { ItemSet, Reconciler } from '../../src/protocol/history/reconcile/reconcile.js'
import { decodePresenceBody, encodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import {
  decodeSuspicionBody,
  encodeSuspicionBody
} from '../../src/protocol/wire/bodies/suspicion.js'
import { decodeTextBody, encodeTextBody } from '../../src/protocol/wire/bodies/text.js'
import { decodeFrame, encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import { KIND_PRESENCE } from '../../src/protocol/wire/kinds.js'
import { bareMessage, open, openBare, parseMessage } from '../../src/protocol/wire/message.js'
import { readHubs } from '../../src/swarm/hub/lan-records.js'
import { frames } from '../support/arbitrary-frames.js'
import { BODIES } from '../support/bodies.js'
import { deviceOf, EPOCH, INSTANCE, identityOf, keysOf, ROOM, TOPIC } from '../support/harness.js'
import { messageOf, textOf } from '../support/hostile.js'
import { exchange, idOf } from '../support/reconcile.js'
import { below, mutate, noise, oneOf, type Random } from './bytes.js'

/** A decoder of strangers' bytes. `decode` throws an error for whatever must not be. */
export interface Decoder {
  readonly name: string
  /** Inputs that are good, to be spoilt. */
  readonly samples: readonly Uint8Array[]
  readonly decode: (bytes: Uint8Array) => void
}

/** Feeds a decoder so many inputs: noise, good ones, and mostly good ones that were spoilt. */
export function fuzzDecoder({ decode, samples }: Decoder, runs: number, random: Random): void {
  for (let run = 0; run < runs; run++) {
    const input = inputFrom(samples, random)
    try {
      decode(input)
    } catch (thrown) {
      const hex = Buffer.from(input).toString('hex')
      throw new Error(`run ${run}, input ${hex}`, { cause: thrown })
    }
  }
}

function inputFrom(samples: readonly Uint8Array[], random: Random): Uint8Array {
  const kind = random()
  const sample = oneOf(random, samples)
  const front = sample.subarray(0, 1 + below(random, 3))
  if (kind < 0.03) return noise(random, 300)
  if (kind < 0.06) return Uint8Array.of(...front, ...noise(random, 90))
  // Small numbers are most often lengths and kinds.
  if (kind < 0.1) return Uint8Array.of(...front, ...noise(random, 90).map(byte => byte % 5))
  return kind < 0.15 ? sample : mutate(random, sample)
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

function checkIsOneOf(samples: readonly Uint8Array[], bytes: Uint8Array): void {
  const isOne = samples.some(sample => same(sample, bytes))
  check(isOne, 'nothing else verifies')
}

/** Flags that are not known yet are passed over, and so is what follows an unknown code. */
const LENIENT: ReadonlySet<string> = new Set(['unknown', 'identify', 'inquire'])

const frame: Decoder = {
  name: 'frame',
  samples: fc.sample(frames, { numRuns: 200, seed: 1 }).map(encodeFrame),
  decode(bytes) {
    const decoded = decodeFrame(bytes)
    if (!decoded.ok) return check(decoded.detail !== '', 'says what is wrong')
    if (LENIENT.has(decoded.frame.type)) return
    check(same(encodeFrame(decoded.frame), bytes), 'one encoding for each frame')
  }
}

const presence = {
  device: deviceOf('ann'),
  instance: INSTANCE,
  leaving: false,
  bot: true,
  routine: false,
  interval: 10_000,
  nick: 'ann'
}
const presences = [presence, { ...presence, relay: deviceOf('relay') as never, leaving: true }]
const texts = ['', 'hi', 'ä€😀'.repeat(20)].map(text => ({ nick: 'ann', text }))
const suspicion = { identity: identityOf('ann'), device: deviceOf('ann'), clock: EPOCH }

const message: Decoder = {
  name: 'sealed message',
  samples: [
    textOf('ann', 'hi'),
    textOf('bob', 'hello', EPOCH + 1, [textOf('ann', 'hi').id]),
    messageOf('cyd', { kind: KIND_PRESENCE, body: encodePresenceBody(presence) }),
    messageOf('dan', { kind: 129, body: new Uint8Array(512) })
  ].map(({ sealed }) => sealed),
  decode(bytes) {
    const parsed = parseMessage(bytes, TOPIC)
    if (!parsed.ok) return
    const { envelope } = parsed
    check(same(envelope.sealed, bytes), 'keeps all bytes')
    check(envelope.parents.length <= 8, 'has at most 8 parents')
    check(isDeepStrictEqual([...envelope.parents].sort(), envelope.parents), 'has them in order')
  }
}

/** Whether anything passes for what nobody has signed. */
const signature: Decoder = {
  ...message,
  name: 'signature',
  decode(bytes) {
    const opened = open(bytes, ROOM)
    if (!opened.ok) return
    checkIsOneOf(message.samples, bytes)
  }
}

const bare: Decoder = {
  name: 'bare message',
  samples: [textOf('ann', 'hi'), textOf('bob', 'hello', EPOCH + 1, [textOf('ann', 'hi').id])].map(
    bareMessage
  ),
  decode(bytes) {
    const opened = openBare(bytes, TOPIC)
    if (!opened.ok) return
    checkIsOneOf(bare.samples, bytes)
  }
}

/** Those that are not looked at more closely below. */
const bodies: readonly Decoder[] = BODIES.filter(
  ({ name }) => !['text', 'presence', 'suspicion'].includes(name)
).map(({ bytes, decode, name }) => ({
  name,
  samples: [bytes],
  decode: input => void decode(input)
}))

const textBody: Decoder = {
  name: 'text',
  samples: texts.map(encodeTextBody),
  decode(bytes) {
    const body = decodeTextBody(bytes)
    if (body === undefined) return
    check(Buffer.byteLength(body.nick) <= 64, 'has a short nick')
    check(Buffer.byteLength(body.text) <= 8_192, 'has a text of at most 8,192 bytes')
  }
}

const presenceBody: Decoder = {
  name: 'presence',
  samples: presences.map(encodePresenceBody),
  decode(bytes) {
    const body = decodePresenceBody(bytes)
    if (body === undefined) return
    check(body.device.length === 64 && (body.relay?.length ?? 64) === 64, 'names keys')
    check(Buffer.byteLength(body.nick) <= 64, 'has a short nick')
  }
}

const suspicionBody: Decoder = {
  name: 'suspicion',
  samples: [encodeSuspicionBody(suspicion)],
  decode(bytes) {
    const body = decodeSuspicionBody(bytes)
    if (body !== undefined) check(same(encodeSuspicionBody(body), bytes.subarray(0, 72)), 'is read')
  }
}

const item = (n: number) => ({ id: idOf(n), timestamp: EPOCH + (n % 50) })
const itemsFrom = (from: number, to: number) =>
  ItemSet.from(Array.from({ length: to - from }, (_, n) => item(from + n)))
const ours = itemsFrom(0, 90)
const negentropy: Decoder = {
  name: 'Negentropy message',
  samples: exchange(ours, itemsFrom(50, 130), { frameSizeLimit: 4_096 }).messages,
  decode(bytes) {
    const initiator = (bytes[bytes.byteLength - 1] ?? 0) % 2 === 0
    const side = new Reconciler(ours, { initiator, frameSizeLimit: 4_096, since: EPOCH + 10 })
    const answer = side.answer(bytes)
    if (!answer.ok) return
    check((answer.reply?.byteLength ?? 0) <= 4_096, 'answers within the limit')
    check(answer.have.length <= ours.size, 'has what there is')
    check(answer.need.length <= bytes.byteLength / 32, 'needs what was named')
    check(Number.isFinite(answer.work) && answer.work < 2_000, 'costs little')
  }
}

const filled = (length: number, value: number) => new Uint8Array(length).fill(value)
const ticket = ticketOf(filled(16, 14))
const meeting = { ticket: ticket.publicKey, handshakeHash: filled(64, 3) }

const request: Decoder = {
  name: 'admission request',
  samples: [askAdmission(keysOf('identity ann'), ticket, meeting.handshakeHash)],
  decode(bytes) {
    if (ticketAsked(bytes, [meeting.ticket], meeting.handshakeHash) === undefined) return
    if (whoAsks(bytes, meeting) === undefined) return
    checkIsOneOf(request.samples, bytes)
  }
}

const answer: Decoder = {
  name: 'admission answer',
  samples: [
    { verdict: 'granted', secret: filled(32, 13) } as const,
    { verdict: 'revoked' } as const
  ].map(each => sealAnswer(each, keysOf('identity ann'), meeting)),
  decode(bytes) {
    if (openAnswer(bytes, { inviter: identityOf('ann') }, meeting) === undefined) return
    checkIsOneOf(answer.samples, bytes)
  }
}

const place = { roomSecret: filled(32, 13), topic: TOPIC, device: deviceOf('ann') }
const record: Decoder = {
  name: 'device record',
  samples: [
    sealDeviceRecord(
      { nick: 'ann', since: EPOCH, at: EPOCH },
      keysOf('identity ann'),
      place,
      filled(24, 7)
    )
  ],
  decode(bytes) {
    if (openDeviceRecord(bytes, place, EPOCH) === undefined) return
    checkIsOneOf(record.samples, bytes)
  }
}

const cardRecord: Decoder = {
  name: 'card record',
  samples: [sealCardRecord({ title: 'Lobby', description: '', rules: 'Be kind.' }, filled(32, 13))],
  decode(bytes) {
    if (openCardRecord(bytes, filled(32, 13)) === undefined) return
    checkIsOneOf(cardRecord.samples, bytes)
  }
}

const terms = { name: 'lobby', seed: filled(16, 14), inviter: identityOf('ann'), expires: EPOCH }
const link: Decoder = {
  name: 'invitation link',
  samples: [
    writeLink({ name: 'lobby', secret: filled(32, 13) }),
    writeTicket(terms),
    writeTicket({ ...terms, commitment: filled(32, 15) }),
    writeTicket({ ...terms, card: filled(32, 15) })
  ].map(text => Buffer.from(text)),
  decode(bytes) {
    const read = readLink(Buffer.from(bytes).toString())
    if (read.ok) check(read.name === 'lobby', 'is what somebody wrote')
  }
}

const TYPES = ['PTR', 'SRV', 'TXT', 'A', 'query', 'response']
const dns: Decoder = {
  name: 'mDNS packet',
  samples: [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
  decode(bytes) {
    const value = (at: number): unknown =>
      [undefined, null, bytes[at], TYPES[(bytes[at] ?? 0) % 6], [bytes[at]], { port: bytes[at] }][
        (bytes[at] ?? 0) % 6
      ]
    const records = Array.from({ length: bytes.byteLength % 70 }, (_, n) => ({
      name: n % 2 ? '0123456789abcdef._swarmchat._tcp.local' : value(n),
      type: value(n + 1),
      ttl: value(n + 2),
      data: n % 3 ? { port: value(n + 3), target: value(n + 4) } : value(n + 5)
    }))
    const hubs = readHubs({ type: 'response', answers: records, additionals: value(0) })
    check(hubs.length <= 64, 'tells of few')
  }
}

/** Every decoder of bytes that strangers send; what takes longest first, so that no processor waits for it at the end. */
export const DECODERS: readonly Decoder[] = [
  negentropy,
  cardRecord,
  frame,
  message,
  bare,
  ...bodies,
  textBody,
  presenceBody,
  suspicionBody,
  request,
  answer,
  record,
  link,
  dns
]

/** Checks signatures, which takes ten times as long as decoding. */
export const SIGNATURES = signature
