import { hash } from '../../src/base/crypto.js'
import { idToBytes, type MessageId, type PeerKey } from '../../src/base/ids.js'
import { bytesOf } from '../../src/base/random.js'
import { ticketId } from '../../src/protocol/access/admission.js'
import { INSTANCE_BYTES } from '../../src/protocol/config.js'
import type { Input } from '../../src/protocol/events.js'
import { ItemSet, Reconciler } from '../../src/protocol/history/reconcile/reconcile.js'
import { MAX_LINKS } from '../../src/protocol/links/tuning.js'
import { RoomMachine } from '../../src/protocol/machine/room-machine.js'
import { type Performer, perform } from '../../src/protocol/perform.js'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import {
  encodeInvitationBody,
  encodeInvitationRevocationBody,
  encodeInvitationUseBody
} from '../../src/protocol/wire/bodies/invitation.js'
import { encodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import { encodeReactionBody } from '../../src/protocol/wire/bodies/reaction.js'
import { encodeSuspicionBody } from '../../src/protocol/wire/bodies/suspicion.js'
import { encodeLineAbout } from '../../src/protocol/wire/bodies/text.js'
import { decodeFrame, encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import {
  KIND_DELETION,
  KIND_EDIT,
  KIND_INVITATION,
  KIND_INVITATION_REVOCATION,
  KIND_INVITATION_USE,
  KIND_PRESENCE,
  KIND_REACTION,
  KIND_SUSPICION,
  KIND_TEXT
} from '../../src/protocol/wire/kinds.js'
import { NONCE_BYTES, stripMessage, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { Agenda } from '../../src/testing/world/agenda.js'
import { deviceOf, EPOCH, INSTANCE, identityOf, keysOf, SECRET, TOPIC } from '../support/harness.js'
import { hello, identify, messageOf, numbered, textOf } from '../support/hostile.js'
import { idOf } from '../support/reconcile.js'
import { below, mutate, oneOf, type Random } from './bytes.js'

const NAMES = ['bob', 'cyd', 'eve', 'fay', 'gus']
const STEPS = 40
const MAX_MESSAGES = 110
/** What says something of another message, by its kind. */
const ABOUT: ReadonlyMap<number, (target: MessageId) => Uint8Array> = new Map([
  [KIND_DELETION, (target: MessageId) => encodeDeletionBody({ targets: [target] })],
  [KIND_EDIT, target => encodeLineAbout({ nick: 'nick', target, text: 'edited' })],
  [KIND_REACTION, target => encodeReactionBody({ target, sign: 'x', removed: false })],
  [
    KIND_INVITATION,
    target => encodeInvitationBody({ ticket: idToBytes(target), expires: 0, uses: 1, anyone: true })
  ],
  [
    KIND_INVITATION_USE,
    target => {
      const invitation = ticketId(idToBytes(target))
      return encodeInvitationUseBody({ invitation, newcomer: identityOf('newcomer'), used: 1 })
    }
  ],
  [
    KIND_INVITATION_REVOCATION,
    target => encodeInvitationRevocationBody({ invitation: ticketId(idToBytes(target)) })
  ]
])
const SAID = [KIND_TEXT, KIND_TEXT, KIND_TEXT, KIND_PRESENCE, KIND_PRESENCE, KIND_SUSPICION]
const KINDS = [...SAID, ...ABOUT.keys(), 0, 77, 129, 255]
/** How far a clock is from the right time. */
const SKEWS = [0, 0, 0, -1_000, -30_000, -90_000, -3_600_000, -8 * 86_400_000, 290_000, 400_000]
const SPANS = [0, 1, 100, 1_000, 5_000, 20_000, 60_000, 700_000]
/** What is done to the system's clock. */
const JUMPS = [-3_600_000, -60_000, 1, 60_000, 3_600_000]

/** One machine, and neighbours that say whatever comes into the generator's mind, most of it well-formed and signed. */
class Schedule {
  readonly #random: Random
  readonly #machine: RoomMachine
  readonly #agenda = new Agenda<() => void>()
  readonly #performs = this.#performer()
  readonly #links = new Map<PeerKey, Uint8Array>()
  readonly #known: VerifiedMessage[] = []
  readonly #texts: string[] = []
  #now = 0
  #jump = 0
  #count = 0

  constructor(random: Random) {
    this.#random = random
    this.#machine = new RoomMachine({
      roomSecret: SECRET,
      topic: TOPIC,
      identity: keysOf('identity ann'),
      device: deviceOf('ann'),
      nick: 'ann',
      random,
      instance: bytesOf(random, INSTANCE_BYTES),
      nonce: () => bytesOf(random, NONCE_BYTES),
      keep: { maxMessages: MAX_MESSAGES }
    })
    this.#feed({ type: 'start' })
  }

  run(): void {
    for (let step = 0; step < STEPS; step++) this.#step()
    this.#stillListens()
  }

  get #wall(): number {
    return EPOCH + this.#now + this.#jump
  }

  #step(): void {
    const random = this.#random
    const name = oneOf(random, NAMES)
    const device = deviceOf(name)
    const choice = random()
    if (choice < 0.06) this.#pass(oneOf(random, SPANS))
    else if (choice < 0.08) this.#jump += oneOf(random, JUMPS)
    else if (choice < 0.1) this.#feed({ type: 'disconnected', peer: device })
    else if (choice < 0.13) this.#own()
    else if (!this.#links.has(device)) this.#connect(name)
    else this.#say(device, this.#frame(name))
  }

  /** Something that we do ourselves, or a lookup does. */
  #own(): void {
    const peers = NAMES.map(deviceOf)
    this.#feed(
      oneOf<Input>(this.#random, [
        { type: 'say', text: `mine ${++this.#count}` },
        { type: 'say', text: ' ' },
        { type: 'rename', nick: 'x'.repeat(below(this.#random, 100)) },
        { type: 'candidates', peers },
        { type: 'dial-failed', peer: oneOf(this.#random, peers) },
        { type: 'bad-frame', from: oneOf(this.#random, peers), detail: 'fuzz' }
      ])
    )
  }

  /** Most come with a good handshake, and many ask for a place. */
  #connect(name: string): void {
    const random = this.#random
    const handshakeHash = hash([numbered(++this.#count)])
    const puppet = { device: deviceOf(name), handshakeHash }
    const initiator = random() < 0.3
    this.#links.set(puppet.device, handshakeHash)
    this.#feed({ type: 'connected', peer: puppet.device, handshakeHash, initiator })
    if (random() < 0.05) return
    this.#say(puppet.device, hello(puppet, SECRET, initiator ? 'responder' : 'initiator'))
    this.#say(puppet.device, identify(puppet, name, random() < 0.05))
    if (random() < 0.7) this.#say(puppet.device, { type: 'neighbor', priority: 'high' })
  }

  #frame(name: string): Frame {
    const random = this.#random
    const choice = random()
    if (choice < 0.3) return { type: 'message', hops: below(random, 256), sealed: this.#sealed() }
    if (choice < 0.4) return { type: 'mesh', reached: below(random, 9), sealed: this.#sealed(name) }
    if (choice < 0.6) return { type: 'stored', sealed: this.#sealed() }
    if (choice < 0.7) return this.#reconcile()
    const some = () => Array.from({ length: below(random, 9) }, () => this.#someId())
    const peers = NAMES.map(deviceOf)
    return oneOf<Frame>(random, [
      { type: 'bare', bare: this.#bare() },
      { type: 'want', ids: some() },
      { type: 'offer', ids: some() },
      { type: 'graft', ids: some() },
      { type: 'ihave', entries: some().map(id => ({ id, hops: below(random, 256) })) },
      { type: 'prune' },
      { type: 'ping' },
      { type: 'pong' },
      { type: 'goodbye' },
      { type: 'join' },
      { type: 'disconnect' },
      { type: 'neighbor', priority: 'low' },
      { type: 'neighbor-reply', accepted: random() < 0.5 },
      { type: 'forward-join', peer: oneOf(random, peers), ttl: below(random, 256) },
      { type: 'shuffle', origin: oneOf(random, peers), ttl: below(random, 256), peers },
      { type: 'shuffle-reply', peers },
      { type: 'inquire', departed: random() < 0.5, neighbors: random() < 0.5 },
      { type: 'departed', sealed: this.#sealed() },
      { type: 'neighbors', peers },
      { type: 'unknown', code: 200 },
      identify({ device: deviceOf(name) }, name)
    ])
  }

  #bare(): Uint8Array {
    if (this.#known.length === 0) return new Uint8Array(200)
    return stripMessage(oneOf(this.#random, this.#known)).sealed
  }

  #sealed(author = oneOf(this.#random, [...NAMES, 'ann'])): Uint8Array {
    if (this.#known.length > 0 && this.#random() < 0.2) {
      return oneOf(this.#random, this.#known).sealed
    }
    const kind = oneOf(this.#random, KINDS)
    const clock = Math.max(0, this.#wall + oneOf(this.#random, SKEWS))
    const body = this.#body(kind)
    const parents = [...new Set([this.#someId(), this.#someId()])].slice(below(this.#random, 3))
    const draft = { kind, clock, parents, nonce: numbered(++this.#count), ...(body && { body }) }
    const message = messageOf(author, draft)
    this.#known.push(message)
    return message.sealed
  }

  #body(kind: number): Uint8Array | undefined {
    const [device, clock] = [deviceOf(oneOf(this.#random, NAMES)), this.#wall]
    const flags = { leaving: this.#random() < 0.2, bot: false, routine: false }
    if (kind === KIND_PRESENCE) {
      return encodePresenceBody({
        device,
        instance: INSTANCE,
        ...flags,
        interval: 10_000,
        nick: 'nick'
      })
    }
    const identity = identityOf(oneOf(this.#random, [...NAMES, 'ann']))
    const about = ABOUT.get(kind)
    if (about !== undefined) return about(this.#someId())
    if (kind === KIND_SUSPICION) return encodeSuspicionBody({ identity, device, clock })
    return this.#random() < 0.1 ? new Uint8Array(kind > 127 ? 500 : 8_000) : undefined
  }

  #reconcile(): Frame {
    const random = this.#random
    const count = oneOf(random, [0, 3, 40, 100])
    const items = Array.from({ length: count }, (_, n) => ({ id: idOf(n), timestamp: EPOCH + n }))
    const known = this.#known.map(({ clock, id }) => ({ id, timestamp: clock }))
    const set = ItemSet.from(random() < 0.5 ? items : known)
    const payload = new Reconciler(set, { initiator: true }).open()
    const step = oneOf(random, ['open', 'ask', 'answer'] as const)
    return { type: 'reconcile', step, payload }
  }

  #someId(): MessageId {
    const { length } = this.#known
    if (length > 0 && this.#random() < 0.7) return oneOf(this.#random, this.#known).id
    return idOf(below(this.#random, 20))
  }

  /** A frame as it comes over the wire: one in ten was damaged. */
  #say(from: PeerKey, frame: Frame): void {
    const bytes = encodeFrame(frame)
    const decoded = decodeFrame(this.#random() < 0.1 ? mutate(this.#random, bytes) : bytes)
    if (decoded.ok) this.#feed({ type: 'frame', from, frame: decoded.frame })
    else this.#feed({ type: 'bad-frame', from, detail: decoded.detail })
  }

  #feed(input: Input): void {
    for (const output of this.#machine.handle(input, this.#now, this.#wall))
      perform(output, this.#performs)
    const { messages, streams } = this.#machine.snapshot()
    // What tells of invitations has as much room again.
    if (streams > MAX_LINKS || messages > 2 * MAX_MESSAGES) throw new Error('a bound does not hold')
  }

  #performer(): Partial<Performer> {
    return {
      send: (_, frame) => {
        if (!decodeFrame(encodeFrame(frame)).ok) throw new Error('a frame nobody can read')
      },
      close: peer => this.#links.delete(peer),
      timer: (after, timer) => {
        if (!(after >= 0 && after < 1e9)) throw new Error('a timer for no time')
        this.#agenda.add(this.#now + after, () => this.#feed({ type: 'timer', timer }))
      },
      emit: event => {
        if (event.type === 'message') this.#texts.push(event.message.text)
      }
    }
  }

  #pass(millis: number): void {
    const end = this.#now + millis
    for (let at = this.#agenda.nextAt(); at !== undefined && at <= end; ) {
      this.#now = Math.max(this.#now, at)
      this.#agenda.take()?.()
      at = this.#agenda.nextAt()
    }
    this.#now = end
  }

  /** After all that, what somebody new says is heard. */
  #stillListens(): void {
    for (const peer of [...this.#links.keys()]) this.#feed({ type: 'disconnected', peer })
    this.#jump = 0
    this.#pass(1_000)
    const handshakeHash = hash([numbered(++this.#count)])
    const puppet = { device: deviceOf('hal'), handshakeHash }
    const from = puppet.device
    this.#feed({ type: 'connected', peer: from, handshakeHash, initiator: false })
    const { sealed } = textOf('hal', 'hello', this.#wall)
    const frames: Frame[] = [hello(puppet), identify(puppet, 'hal')]
    for (const frame of [...frames, { type: 'message', hops: 0, sealed } as const]) {
      this.#feed({ type: 'frame', from, frame })
    }
    if (this.#texts.at(-1) !== 'hello') throw new Error('it no longer listens')
  }
}

/** Runs one random schedule to its end. Throws an error for whatever must not be. */
export function runSchedule(random: Random): void {
  new Schedule(random).run()
}
