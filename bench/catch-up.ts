import { randomBytes } from 'node:crypto'
import sodium from 'sodium-universal'
import { keyPairFromSeed } from '../src/base/crypto.js'
import type { MessageId } from '../src/base/ids.js'
import type { Input } from '../src/protocol/events.js'
import { encodeTextBody } from '../src/protocol/wire/bodies/text.js'
import { encodeFrame } from '../src/protocol/wire/frame-codec.js'
import { KIND_TEXT } from '../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal, type VerifiedMessage } from '../src/protocol/wire/message.js'
import { EPOCH, type Peer, ROOM, World } from '../test/support/harness.js'
import { median } from './support/stats.js'

// npx tsx bench/catch-up.ts [messages] [rounds] [authors, several with commas] [named]: what it costs to catch up on a room's history, if its authors name what they
// said before and if they do not. Two whole room machines and a network in memory: signatures checked by the newcomer, and
// milliseconds of CPU that it spends, until it has all, and until all is checked; what it costs until it has a screenful, how many
// bytes cross the link for each byte of the messages, and how long a line that is said meanwhile takes. Times of the network are
// of the virtual clock: 10 ms one way.

const MESSAGES = Number(process.argv[2] ?? 10_000)
const ROUNDS = Number(process.argv[3] ?? 3)
const AUTHORS = (process.argv[4] ?? '1,4,16,256').split(',').map(Number)
/** Whether authors name what they said before. */
const NAMED = process.argv[5] === 'named' ? [true] : [false, true]
/** Lines of a screenful. */
const SCREENFUL = 50
/** A line is said so often while somebody catches up. */
const LIVE_EVERY_MILLIS = 200
/** Short messages have eight parts in eleven of what is kept. */
const ROOMY = { keep: { maxMessages: 2 * MESSAGES } }

/** A room's history: authors in turns, each of whose messages names the one before, and its own previous one if it is to. */
function historyBy(count: number, namesOwn: boolean): VerifiedMessage[] {
  const authors = Array.from({ length: count }, () => keyPairFromSeed(randomBytes(32)))
  const previous = new Map<number, MessageId>()
  let last: MessageId | undefined
  return Array.from({ length: MESSAGES }, (_, n) => {
    const own = previous.get(n % count)
    const other = last !== own || namesOwn ? last : undefined
    const parents = [other, namesOwn ? own : undefined].filter(id => id !== undefined)
    const body = encodeTextBody({ nick: 'ann', text: `line ${n} of some words` })
    const draft = { kind: KIND_TEXT, clock: EPOCH - MESSAGES + n, parents, body }
    const author = authors[n % count]
    if (author === undefined) throw new Error('there is an author')
    const message = seal({ ...draft, nonce: randomBytes(NONCE_BYTES) }, author, ROOM)
    previous.set(n % count, message.id)
    last = message.id
    return message
  })
}

/** Counts what one peer does, and the signatures that it checks. */
function watch(peer: Peer) {
  const spent = { micros: 0, checks: 0 }
  const feed = peer.feed.bind(peer)
  const verify = sodium.crypto_sign_verify_detached
  sodium.crypto_sign_verify_detached = (...args: Parameters<typeof verify>) => {
    if (isFeeding) spent.checks += 1
    return verify(...args)
  }
  let isFeeding = false
  peer.feed = (input: Input) => {
    const start = process.cpuUsage()
    isFeeding = true
    feed(input)
    isFeeding = false
    const { system, user } = process.cpuUsage(start)
    spent.micros += system + user
  }
  const end = () => {
    sodium.crypto_sign_verify_detached = verify
  }
  return { spent, end }
}

/** How long each line took that was said while somebody caught up. */
class LiveLines {
  readonly #said = new Map<string, number>()
  readonly took: number[] = []

  say(peer: Peer, now: number): void {
    const text = `live ${this.#said.size}`
    this.#said.set(text, now)
    peer.say(text)
  }

  hear(texts: readonly string[], now: number): void {
    for (const text of texts) {
      const at = this.#said.get(text)
      if (at !== undefined) this.took.push(now - at)
      this.#said.delete(text)
    }
  }
}

const bytesIn = (peers: readonly Peer[]) =>
  peers.reduce(
    (sum, { sent }) =>
      sum + sent.reduce((bytes, { frame }) => bytes + encodeFrame(frame).byteLength, 0),
    0
  )

function catchUp(messages: readonly VerifiedMessage[]) {
  const world = new World()
  const ann = world.join('ann', ROOMY)
  ann.feed({ type: 'restore', messages })
  const dan = world.join('dan', ROOMY)
  const { end, spent } = watch(dan)
  const soFar = () => ({
    checks: spent.checks,
    millis: spent.micros / 1_000,
    at: world.now - began
  })
  const began = world.now
  const live = new LiveLines()
  world.connect(dan, ann)
  let screen: ReturnType<typeof soFar> | undefined
  let told = 0
  for (let n = 0; n < 10_000 && dan.machine.snapshot().messages < messages.length; n++) {
    if ((n * 10) % LIVE_EVERY_MILLIS === 0 && n > 0) live.say(ann, world.now)
    world.run(10)
    const texts = dan.texts()
    live.hear(texts.slice(told), world.now)
    told = texts.length
    if (dan.machine.snapshot().messages >= SCREENFUL) screen ??= soFar()
  }
  if (dan.machine.snapshot().messages < messages.length) throw new Error('it did not catch up')
  const caughtUp = soFar()
  const own = messages.reduce((sum, { sealed }) => sum + sealed.byteLength, 0)
  const bytes = bytesIn([ann, dan]) / own
  world.run(120_000)
  end()
  return {
    screen: screen ?? caughtUp,
    caughtUp,
    settled: soFar(),
    bytes,
    live: Math.max(0, ...live.took)
  }
}

process.stdout.write(`${MESSAGES} messages, medians of ${ROUNDS}\n`)
for (const authors of AUTHORS) {
  for (const namesOwn of NAMED) {
    const runs = Array.from({ length: ROUNDS }, () => catchUp(historyBy(authors, namesOwn)))
    const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick)).toFixed(0)
    process.stdout.write(
      `${authors} authors, previous one ${namesOwn ? 'named' : 'not named'}: ` +
        `has all after ${of(({ caughtUp }) => caughtUp.checks)} checks and ${of(({ caughtUp }) => caughtUp.millis)} ms; ` +
        `all checked after ${of(({ settled }) => settled.checks)} and ${of(({ settled }) => settled.millis)} ms; ` +
        `a screenful after ${of(({ screen }) => screen.checks)} and ${of(({ screen }) => screen.millis)} ms; ` +
        `of the network ${of(({ screen }) => screen.at)} and ${of(({ caughtUp }) => caughtUp.at)} ms, ` +
        `${median(runs.map(({ bytes }) => bytes)).toFixed(2)} times the bytes, a line meanwhile ${of(({ live }) => live)} ms at most\n`
    )
  }
}
