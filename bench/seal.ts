import { randomBytes } from 'node:crypto'
import { domain, hash, keyPairFromSeed, sign, verify } from '../src/base/crypto.js'
import { idFromBytes, idToBytes, type MessageId } from '../src/base/ids.js'
import { messageRoom } from '../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../src/protocol/access/room-secret.js'
import { encodeTextBody } from '../src/protocol/wire/bodies/text.js'
import { ByteReader, ByteWriter } from '../src/protocol/wire/bytes.js'
import { KIND_TEXT } from '../src/protocol/wire/kinds.js'
import { NONCE_BYTES, open, seal } from '../src/protocol/wire/message.js'
import { median } from './support/stats.js'

// npx tsx bench/seal.ts: what a message costs its author and its receiver, beside the same message in the open (signed and
// hashed as a whole, an 8-byte nonce, a 2-byte length), in turns. Microseconds of CPU, medians of rounds; bytes on the
// wire.

const ROUNDS = 15
const EACH = 2_000
const SIZES = [20, 200, 2_000, 8_000]

const room = messageRoom(roomSecretFromName('bench'))
const author = keyPairFromSeed(randomBytes(32))
const parents = [1, 2].map(n => idFromBytes<MessageId>(hash([Uint8Array.of(n)]))).sort()
const PLAIN_DOMAIN = domain('message')
const signedBytes = (signed: Uint8Array) =>
  new ByteWriter().bytes(PLAIN_DOMAIN).bytes(idToBytes(room.topic)).bytes(signed).finish()

interface Way {
  make(body: Uint8Array): Uint8Array
  read(sealed: Uint8Array): boolean
}

const sealed: Way = {
  make: body => {
    const draft = { kind: KIND_TEXT, clock: Date.now(), parents, body }
    return seal({ ...draft, nonce: randomBytes(NONCE_BYTES) }, author, room).sealed
  },
  read: bytes => open(bytes, room).ok
}

// The layout before bodies were sealed, with the same reading and writing around it.
const plain: Way = {
  make: body => {
    const writer = new ByteWriter().uint8(1).uint8(KIND_TEXT).bytes(randomBytes(8))
    writer.bytes(author.publicKey).uint64(Date.now()).uint8(parents.length).ids(parents, 8)
    const signed = writer.uint16(body.byteLength).bytes(body).finish()
    const signature = sign(signedBytes(signed), author.secretKey)
    const bytes = new ByteWriter().bytes(signed).bytes(signature).finish()
    idFromBytes(hash([bytes]))
    idFromBytes(author.publicKey)
    return bytes
  },
  read: bytes => {
    const copy = new Uint8Array(bytes)
    idFromBytes(hash([copy]))
    const reader = new ByteReader(copy)
    for (const width of [1, 1, 8]) reader.bytes(width)
    reader.id()
    reader.uint64()
    reader.ids(reader.uint8(), 8)
    reader.bytes(reader.uint16())
    const end = copy.byteLength - 64
    return verify(signedBytes(copy.subarray(0, end)), copy.subarray(end), author.publicKey)
  }
}

/** CPU time of this process: other work on the machine counts for little. */
function microseconds(run: () => void): number {
  const start = process.cpuUsage()
  for (let n = 0; n < EACH; n++) run()
  const { system, user } = process.cpuUsage(start)
  return (system + user) / EACH
}

for (const size of SIZES) {
  const body = encodeTextBody({ nick: 'ann', text: 'x'.repeat(size) })
  const bytes = { sealed: sealed.make(body), plain: plain.make(body) }
  if (!sealed.read(bytes.sealed) || !plain.read(bytes.plain)) throw new Error('it does not verify')
  const took = { sealedMake: [], plainMake: [], sealedRead: [], plainRead: [] } as Record<
    string,
    number[]
  >
  for (let round = 0; round < ROUNDS; round++) {
    took.plainMake?.push(microseconds(() => plain.make(body)))
    took.sealedMake?.push(microseconds(() => sealed.make(body)))
    took.plainRead?.push(microseconds(() => plain.read(bytes.plain)))
    took.sealedRead?.push(microseconds(() => sealed.read(bytes.sealed)))
  }
  const of = (name: string) => median(took[name] ?? []).toFixed(1)
  const more = bytes.sealed.byteLength - bytes.plain.byteLength
  process.stdout.write(
    `${size} bytes of text: make ${of('plainMake')} -> ${of('sealedMake')} us, read ${of('plainRead')} -> ${of('sealedRead')} us, ${more} bytes more\n`
  )
}
