import type { IdentityKey, MessageId, PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { type AttachedBot, attachBot } from '../bot/attach.js'
import type { BotScript } from '../bot/bot.js'
import { type Duration, millisOf } from '../bot/duration.js'
import { type LogFields, type LogLevel, logTo } from '../bot/log.js'
import type { StateStorage } from '../bot/state.js'
import { memoryStorage } from '../bot/state-file.js'
import { SETTLE_MILLIS } from '../room/arrival.js'
import type { RoomUpdate } from '../room/events.js'
import { roomKeys } from '../room/keys.js'
import type { Speaks } from '../room/sending/speak.js'
import type { LogEntry } from './log-entry.js'
import { replayOn } from './replay.js'
import { spokenIn, Talking } from './talking.js'
import { checkTestRoomOptions, type TestRoomOptions } from './test-room-options.js'
import { seededRandom } from './world/random.js'
import { VirtualRoom } from './world/virtual-room.js'
import { VirtualTime } from './world/virtual-time.js'
import { Wire, type WireOptions } from './world/wire.js'

interface Guest {
  readonly room: VirtualRoom
  readonly heard: RoomUpdate[]
  readonly ids: Set<MessageId>
}

interface GuestBot {
  readonly script: BotScript
  readonly storage: StateStorage
  attached: AttachedBot
}

const DEFAULT_START: Millis = Date.UTC(2024, 0, 1)
/** Everybody hears everybody within this. Guess: handshakes and a few presences. */
const MEET_MILLIS: Millis = 10_000
/** The protocol gets so much time for what a bot says by itself. Guess: a graft. */
const SPEECH_MILLIS: Millis = 1_000
/** So long is waited for everybody to have what was said, and what bots answered. Guess: two grafts. */
const SAY_MILLIS: Millis = 3_000

/**
 * A room in memory with a virtual clock: the real protocol machines, on links that can be slow, lossy or cut.
 *
 * ```ts
 * const room = await createTestRoom({ members: ['ana'], bots: { dice } })
 * await room.say('ana', '/roll 2d6')
 * expect(room.transcript().at(-1)).toMatch(/^dice: ana: /)
 * ```
 */
export async function createTestRoom(options: TestRoomOptions = {}): Promise<TestRoom> {
  checkTestRoomOptions(options)
  const room = new TestRoom(options)
  for (const nick of options.members ?? []) room.enter(nick)
  for (const [nick, script] of Object.entries(options.bots ?? {})) await room.addBot(nick, script)
  await room.meet()
  room.links(options)
  return room
}

/** See {@link createTestRoom}. */
export class TestRoom extends Talking {
  /** What the bots logged. */
  readonly log: LogEntry[] = []
  readonly #options: TestRoomOptions
  readonly #random: () => number
  readonly #wire: Wire
  readonly #time: VirtualTime
  readonly #guests = new Map<string, Guest>()
  readonly #bots = new Map<string, GuestBot>()
  // BOUNDED: by what the test says. What was said since the last delivery, and on which side of a cut.
  readonly #said = new Map<MessageId, number>()
  #sides = new Map<PeerKey, number>()

  constructor(options: TestRoomOptions) {
    super()
    const { delay, patience, seed = 1, start = DEFAULT_START } = options
    this.#options = options
    this.#random = seededRandom(seed)
    this.#wire = new Wire(start, this.#random)
    this.#wire.set(delay === undefined ? {} : { delay })
    this.#time = new VirtualTime(this.#wire, patience)
    this.#time.handling = () => [...this.#bots.values()].some(({ attached }) => attached.handling)
  }

  /** The virtual time, ms since 1970. */
  get now(): Millis {
    return this.#time.now
  }

  /** Lets everybody meet, and starts the bots that came since. */
  async meet(): Promise<void> {
    const end = this.now + MEET_MILLIS
    while (!this.#allMet() && this.now < end) await this.#time.pass(100)
    for (const { attached } of this.#bots.values()) attached.start()
    await this.#time.pass(SETTLE_MILLIS + 1)
  }

  /** Lets time pass: `10m`, or milliseconds. Schedules, timeouts and the bots' pace follow it. */
  override advance(duration: Duration): Promise<void> {
    return this.#time.pass(millisOf(duration))
  }

  /** Somebody comes. */
  async join(nick: string): Promise<void> {
    this.enter(nick)
    this.#time.stir()
    await this.#time.pass(1_000)
  }

  /** Somebody leaves. */
  async leave(nick: string): Promise<void> {
    this.#guest(nick).room.leave()
    this.#guests.delete(nick)
    this.#time.stir()
    // Whom the word does not reach by the tree asks for it when it is announced.
    await this.#time.pass(2_000)
  }

  /** Somebody goes by another nick; `say` and the others still know them by the old one. */
  async rename(nick: string, to: string): Promise<void> {
    this.#guest(nick).room.rename(to)
    this.#time.stir()
    await this.#time.pass(4_000)
  }

  /** Puts one more bot into the room; `meet` starts it. */
  async addBot(nick: string, script: BotScript, storage = memoryStorage()): Promise<void> {
    this.enter(nick, true)
    const attached = await this.#attach(nick, script, storage)
    this.#bots.set(nick, { script, storage, attached })
  }

  /** Stops a bot and starts it again, or a newer version of it, with the state that it kept. */
  async restart(nick: string, script?: BotScript): Promise<void> {
    const bot = this.#bots.get(nick)
    if (bot === undefined) throw new Error(`there is no bot ${nick}`)
    await bot.attached.stop()
    bot.attached = await this.#attach(nick, script ?? bot.script, bot.storage)
    bot.attached.start()
    await this.#time.pass(SETTLE_MILLIS + 1)
  }

  /** Changes how links are from now on. */
  links(options: WireOptions): void {
    this.#wire.set(options)
    this.#time.stir()
  }

  /** Cuts the room: only those in one group hear each other; who is in none is with the first. */
  partition(...groups: readonly (readonly string[])[]): void {
    const sides = new Map<PeerKey, number>()
    for (const [side, nicks] of groups.entries())
      for (const nick of nicks) sides.set(this.#guest(nick).room.device, side)
    this.#sides = sides
    this.#wire.divide(sides)
    this.#time.stir()
  }

  /** Mends a cut room. */
  heal(): void {
    this.#sides = new Map()
    this.#wire.divide(this.#sides)
    this.#time.stir()
    const devices = [...this.#guests.values()].map(({ room }) => room.device)
    for (const { room } of this.#guests.values()) room.feed({ type: 'candidates', peers: devices })
  }

  /** What was said, as a member heard it: `ana: /roll 2d6`. Default: as the first one did. */
  transcript(nick?: string): string[] {
    return this.messages(nick).map(message => `${message.nick}: ${message.text}`)
  }

  /** The same, whole. */
  messages(nick?: string) {
    return this.heard(nick).flatMap(update => (update.type === 'message' ? [update.message] : []))
  }

  /** Everything that a member was told. */
  override heard(
    nick: string | undefined = this.#guests.keys().next().value
  ): readonly RoomUpdate[] {
    return this.#guest(nick ?? '').heard
  }

  /** The commands that a bot announces, as another member sees them. Default: as the first one does. */
  commands(bot: string, seenBy: string | undefined = this.#guests.keys().next().value): string[] {
    const { identity } = this.#guest(bot).room
    const members = this.#guest(seenBy ?? '').room.members()
    return [...(members.find(member => member.identity === identity)?.commands ?? [])]
  }

  /**
   * Plays what `swarmchat join --json` recorded (NDJSON): people come, speak at their times, and go. What the recorder
   * said itself is left out, so that a bot can be played its own log.
   */
  async replay(ndjson: string): Promise<void> {
    await replayOn(this, ndjson)
  }

  /** True where a member of this nick is in the room. */
  has(nick: string): boolean {
    return this.#guests.has(nick)
  }

  /** Lets the bots stop as a runner would. */
  async close(): Promise<void> {
    for (const { attached } of this.#bots.values()) await attached.stop()
  }

  /** Somebody comes, without time passing. */
  enter(nick: string, bot = false): void {
    if (this.#guests.has(nick)) throw new Error(`${nick} is in the room already`)
    const { name, secret, topic } = roomKeys(this.#options.name ?? 'test')
    const [wire, random, skipped] = [this.#wire, this.#random, () => this.#time.skipped]
    const shared = { wire, name, secret, topic, skipped, random }
    const room = new VirtualRoom({ ...shared, nick, bot })
    const heard: RoomUpdate[] = []
    const ids = new Set<MessageId>()
    room.on('update', update => {
      heard.push(update)
      const spoken = spokenIn(update)
      if (spoken === undefined) return
      ids.add(spoken.id)
      if (spoken.from !== room.identity) return
      this.#said.set(spoken.id, this.#sideOf(room))
      this.#time.stir(SPEECH_MILLIS)
    })
    const others = [...this.#guests.values()].map(guest => guest.room.device)
    this.#guests.set(nick, { room, heard, ids })
    room.enter(others)
  }

  protected override identityOf(nick: string): IdentityKey {
    return this.#guest(nick).room.identity
  }

  protected override async speak(
    nick: string,
    say: (room: Speaks) => MessageId
  ): Promise<MessageId> {
    const id = say(this.#guest(nick).room)
    this.#time.stir()
    await this.#deliver()
    return id
  }

  #attach(nick: string, script: BotScript, storage: StateStorage): Promise<AttachedBot> {
    const sink = (level: LogLevel, message: string, fields: LogFields) =>
      void this.log.push({ level, message, fields })
    const log = logTo(sink, { bot: nick })
    return attachBot(this.#guest(nick).room, script, { clock: this.#time.clock, log, storage })
  }

  #allMet(): boolean {
    const rooms = [...this.#guests.values()].map(({ room }) => room)
    return rooms.every(room => room.members().length >= rooms.length)
  }

  // Until everybody has everything, answers included: a few round trips on a good day.
  async #deliver(): Promise<void> {
    const { delay = 5 } = this.#options
    const step = 20 + 2 * (typeof delay === 'number' ? delay : delay[1])
    const end = this.now + Math.max(SAY_MILLIS, 10 * step)
    do await this.#time.pass(step)
    while (this.now < end && this.#isUnderWay())
    this.#said.clear()
  }

  #isUnderWay(): boolean {
    const guests = [...this.#guests.values()]
    return [...this.#said].some(([id, side]) =>
      guests.some(({ ids, room }) => this.#sideOf(room) === side && !ids.has(id))
    )
  }

  #sideOf(room: VirtualRoom): number {
    return this.#sides.get(room.device) ?? 0
  }

  #guest(nick: string): Guest {
    const guest = this.#guests.get(nick)
    if (guest === undefined) throw new Error(`${nick} is not in the room`)
    return guest
  }
}
