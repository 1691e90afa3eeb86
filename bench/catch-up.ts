import { randomBytes } from 'node:crypto'
import sodium from 'sodium-universal'
import { keyPairFromSeed } from '../src/base/crypto.js'
import type { MessageId } from '../src/base/ids.js'
import type { Input } from '../src/protocol/events.js'
import { encodeTextBody } from '../src/protocol/wire/bodies/text.js'
import { KIND_TEXT } from '../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal, type VerifiedMessage } from '../src/protocol/wire/message.js'
import { EPOCH, type Peer, ROOM, World } from '../test/support/harness.js'
import { median } from './support/stats.js'

// npx tsx bench/catch-up.ts [messages] [rounds]: what it costs to catch up on a room's history, if its authors name what they
// said before and if they do not. Two whole room machines and a network in memory: signatures checked by the newcomer, and
// milliseconds of CPU that it spends, until it has all, and until all is checked.

const MESSAGES = Number(process.argv[2] ?? 10_000)
const ROUNDS = Number(process.argv[3] ?? 3)
const AUTHORS = [1, 4, 16, 256]
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

function catchUp(messages: readonly VerifiedMessage[]) {
  const world = new World()
  const ann = world.join('ann', ROOMY)
  ann.feed({ type: 'restore', messages })
  const dan = world.join('dan', ROOMY)
  const { end, spent } = watch(dan)
  world.connect(dan, ann)
  for (let n = 0; n < 1_000 && dan.machine.history().length < messages.length; n++) world.run(20)
  if (dan.machine.history().length < messages.length) throw new Error('it did not catch up')
  const caughtUp = { checks: spent.checks, millis: spent.micros / 1_000 }
  world.run(120_000)
  end()
  return { caughtUp, settled: { checks: spent.checks, millis: spent.micros / 1_000 } }
}

process.stdout.write(`${MESSAGES} messages, medians of ${ROUNDS}\n`)
for (const authors of AUTHORS) {
  for (const namesOwn of [false, true]) {
    const runs = Array.from({ length: ROUNDS }, () => catchUp(historyBy(authors, namesOwn)))
    const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick)).toFixed(0)
    process.stdout.write(
      `${authors} authors, previous one ${namesOwn ? 'named' : 'not named'}: ` +
        `has all after ${of(({ caughtUp }) => caughtUp.checks)} checks and ${of(({ caughtUp }) => caughtUp.millis)} ms; ` +
        `all checked after ${of(({ settled }) => settled.checks)} and ${of(({ settled }) => settled.millis)} ms\n`
    )
  }
}
