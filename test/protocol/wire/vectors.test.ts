import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keyPairFromSeed } from '../../../src/base/crypto.js'
import { idFromBytes, type PeerKey } from '../../../src/base/ids.js'
import { proofKey, prove, signDevice } from '../../../src/protocol/access/handshake.js'
import { roomSecretFromName, topicOf } from '../../../src/protocol/access/room-secret.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies.js'
import { encodeFrame } from '../../../src/protocol/wire/frames.js'
import { KIND_TEXT, MAX_SEALED_BYTES, seal } from '../../../src/protocol/wire/message.js'

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const filled = (length: number, value: number) => new Uint8Array(length).fill(value)

test('the vectors of docs/protocol.md are what we do', () => {
  const [, block = ''] = page.split('## Test vectors')
  const vectors = block.replace(/\s/g, '')
  const secret = roomSecretFromName('lobby')
  const topic = topicOf(secret)
  const identity = keyPairFromSeed(filled(32, 1))
  const device = idFromBytes<PeerKey>(keyPairFromSeed(filled(32, 2)).publicKey)
  const handshakeHash = filled(64, 3)
  const message = seal(
    {
      kind: KIND_TEXT,
      clock: 1_720_000_000_000,
      parents: [],
      body: encodeTextBody({ nick: 'ann', text: 'hi' }),
      nonce: filled(8, 4)
    },
    identity,
    topic
  )
  const signature = hex(signDevice(identity, topic, device))
  const ihave = encodeFrame({ type: 'ihave', entries: [{ id: message.id, hops: 3 }] })
  expect(vectors).toContain(`roomSecret${hex(secret)}`)
  expect(vectors).toContain(`topic${topic}`)
  expect(vectors).toContain(`proofKey${hex(proofKey(secret))}`)
  expect(vectors).toContain(`identity${hex(identity.publicKey)}`)
  expect(vectors).toContain(`device${device}`)
  expect(vectors).toContain(
    `proof${hex(prove(proofKey(secret), { handshakeHash, side: 'initiator', device }))}`
  )
  expect(vectors).toContain(`identify's${signature.slice(0, 64)}signature${signature.slice(64)}`)
  expect(vectors).toContain(`sealed${hex(message.sealed)}`)
  expect(vectors).toContain(`id${message.id}`)
  expect(vectors).toContain(`ihaveframe${hex(ihave)}`)
  expect(page).toContain(`1 to ${MAX_SEALED_BYTES.toLocaleString('en')}`)
})
