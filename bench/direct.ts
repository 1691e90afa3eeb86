import { randomBytes } from 'node:crypto'
import { keyPairFromSeed } from '../src/base/crypto.js'
import { directKey, openDirect, sealDirect } from '../src/protocol/access/direct.js'
import { messageRoom } from '../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../src/protocol/access/room-secret.js'
import { median } from './support/stats.js'

// npx tsx bench/direct.ts: what a member pays to see that a direct message is for somebody else, with the key of its author at
// hand and without, and to read one. Microseconds of CPU, medians of rounds.

const ROUNDS = 15
const EACH = 2_000
const SIZES = [20, 200, 1_000, 8_000]

const pair = () => keyPairFromSeed(randomBytes(32))
const { topic } = messageRoom(roomSecretFromName('bench'))
const [author, reader, other] = [pair(), pair(), pair()]
const keyOf = (own: typeof author, whose: Uint8Array) =>
  directKey(own, whose, topic) ?? new Uint8Array(32)
const [good, wrong] = [keyOf(reader, author.publicKey), keyOf(other, author.publicKey)]

/** CPU time of this process: other work on the machine counts for little. */
function microseconds(run: () => void): number {
  const start = process.cpuUsage()
  for (let n = 0; n < EACH; n++) run()
  const { system, user } = process.cpuUsage(start)
  return (system + user) / EACH
}

const of = (run: () => void) =>
  median(Array.from({ length: ROUNDS }, () => microseconds(run))).toFixed(1)

for (const size of SIZES) {
  const body = sealDirect(randomBytes(size), randomBytes(24), keyOf(author, reader.publicKey))
  if (openDirect(body, good) === undefined || openDirect(body, wrong) !== undefined)
    throw new Error('it is not for whom it is for')
  const [looking, reading] = [of(() => openDirect(body, wrong)), of(() => openDirect(body, good))]
  console.log(
    `${size} bytes: ${looking} us to see that it is for another, ${reading} us to read it`
  )
}
console.log(`${of(() => keyOf(other, author.publicKey))} us for the key of an author, once`)
