import b4a from 'b4a'
import { describe, expect, test } from 'vitest'
import { domain, hash, SIGNATURE_BYTES, sign, TAG_BYTES } from '../../src/base/crypto.js'
import { messageRoom } from '../../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../../src/protocol/access/room-secret.js'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import { decodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import { KIND_DELETION, KIND_PRESENCE } from '../../src/protocol/wire/kinds.js'
import {
  bareMessage,
  open,
  openBare,
  type VerifiedMessage
} from '../../src/protocol/wire/message.js'
import { EPOCH, identityOf, keysOf, ROOM, TOPIC, World } from '../support/harness.js'
import { feedPushed, feedStored, member, messageOf, numbered, textOf } from '../support/hostile.js'

/** Head and sealed body of a message. */
function partsOf({ parents, sealed }: VerifiedMessage) {
  const end = 59 + 32 * parents.length
  return { head: sealed.subarray(0, end), body: sealed.subarray(end + SIGNATURE_BYTES) }
}

/** Another body under a head, well signed by the identity of this name. */
function resigned(name: string, head: Uint8Array, body: Uint8Array): Uint8Array {
  const bytes = b4a.concat([domain('message'), b4a.from(TOPIC, 'hex'), head, hash([body])])
  return b4a.concat([head, sign(bytes, keysOf(`identity ${name}`).secretKey), body])
}

// Spent: whatever somebody without the room's secret, or with a body that is not its own, can sign or pass on.
// Suffered: nothing. Nobody is shown what its author did not write, and nobody is blamed for passing it on.
describe('a body', () => {
  const [first, second] = [textOf('eve', 'one'), textOf('eve', 'two', EPOCH + 1)]

  test('from another message, author or room verifies where it was signed, and does not open', () => {
    const elsewhere = messageRoom(roomSecretFromName('elsewhere'))
    const ann = textOf('ann', 'hers')
    const { head } = partsOf(first)
    const foreign = elsewhere.cipher.seal(head, identityOf('eve'), b4a.from('x'))
    for (const body of [partsOf(second).body, partsOf(ann).body, foreign]) {
      const opened = open(resigned('eve', head, body), ROOM)
      expect(opened).toMatchObject({ ok: true, message: { body: undefined } })
    }
  })

  test('that does not open is kept and passed on, not shown, and nobody is blamed [M29]', () => {
    const world = new World()
    const ann = world.join('ann')
    const [eve, bob] = [member(world, ann), member(world, ann, 'bob')]
    const sealed = resigned('eve', partsOf(first).head, partsOf(second).body)
    const pushed: Uint8Array[] = []
    bob.onframe = (_, frame) => void (frame.type === 'message' && pushed.push(frame.sealed))
    feedPushed(ann, eve, { sealed })
    world.run(1_000)
    expect(ann.stored).toHaveLength(1)
    expect(ann.texts()).toEqual([])
    expect(pushed.some(bytes => b4a.equals(bytes, sealed))).toBe(true)
    expect(ann.closed).toEqual([])
  })

  test('shorter than its tag, or longer than its kind may have, is no message', () => {
    const { head } = partsOf(first)
    const short = resigned('eve', head, new Uint8Array(TAG_BYTES - 1))
    expect(open(short, ROOM)).toEqual({ ok: false, reason: 'malformed' })
  })

  test('of the same words is other bytes each time', () => {
    const again = textOf('eve', 'one', EPOCH)
    expect(again.id).toBe(first.id)
    const other = partsOf(first).body
    const drawn = ROOM.cipher.seal(
      b4a.concat([
        partsOf(first).head.subarray(0, 2),
        numbered(9),
        partsOf(first).head.subarray(18)
      ]),
      identityOf('eve'),
      first.body ?? b4a.alloc(0)
    )
    expect(b4a.equals(drawn, other)).toBe(false)
  })
})

describe('without its body a message', () => {
  test('can be verified: who said something when, and after what', () => {
    const message = textOf('ann', 'taken back', EPOCH, [textOf('bob', 'before').id])
    const bare = bareMessage(message)
    const opened = openBare(bare, TOPIC)
    const { author, clock, id, kind, parents } = message
    expect(opened).toMatchObject({ ok: true, message: { author, clock, id, kind, parents } })
    for (let at = 0; at < bare.length; at += 7) {
      const changed = Uint8Array.from(bare)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(openBare(changed, TOPIC).ok).toBe(false)
    }
    expect(openBare(bare.subarray(1), TOPIC).ok).toBe(false)
    expect(openBare(new Uint8Array(0), TOPIC).ok).toBe(false)
  })

  test('of a later version is dropped, and nobody is blamed [M27]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    eve.send(ann.device, { type: 'bare', bare: Uint8Array.of(2, 1, 1) })
    world.run(1_000)
    expect(ann.closed).toEqual([])
    eve.send(ann.device, { type: 'bare', bare: Uint8Array.of(1, 1, 1) })
    world.run(1_000)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'forged-message' }])
  })

  test('hides nothing: it is missing until somebody has all of it [M36]', () => {
    const world = new World()
    const ann = world.join('ann')
    const [eve, bob] = [member(world, ann), member(world, ann, 'bob')]
    const said = textOf('bob', 'in full')
    eve.send(ann.device, { type: 'bare', bare: bareMessage(said) })
    feedPushed(ann, eve, textOf('eve', 'after it', EPOCH + 1, [said.id]))
    world.run(1_000)
    expect(ann.texts()).not.toContain('in full')
    feedPushed(ann, bob, said)
    world.run(1_000)
    expect(ann.texts()).toContain('in full')
  })

  test.each([
    ['somebody else', 'mal', false],
    ['its author', 'bob', true]
  ])(
    'that was asked for and that %s took back: kept if that was its author [M36]',
    (_, by, isKept) => {
      const world = new World()
      const ann = world.join('ann')
      const eve = member(world, ann)
      const said = textOf('bob', 'in full')
      const body = encodeDeletionBody({ targets: [said.id] })
      const asked: string[] = []
      eve.onframe = (_, frame) => {
        if (frame.type !== 'want') return
        asked.push(...frame.ids)
        if (frame.ids.includes(said.id)) {
          eve.send(ann.device, { type: 'bare', bare: bareMessage(said) })
        }
      }
      feedStored(ann, eve, messageOf(by, { kind: KIND_DELETION, clock: EPOCH + 1, body }))
      feedStored(ann, eve, textOf('eve', 'after it', EPOCH + 2, [said.id]))
      world.run(1_000)
      expect(asked).toContain(said.id)
      const cyd = member(world, ann, 'cyd')
      cyd.send(ann.device, { type: 'want', ids: [said.id] })
      world.run(1_000)
      const handedOn = ann.sent.some(({ frame, to }) => to === cyd.device && frame.type === 'bare')
      expect(handedOn).toBe(isKept)
      feedPushed(ann, cyd, said)
      world.run(1_000)
      expect(ann.texts().includes('in full')).toBe(!isKept)
    }
  )
})

test('a keeper that knows the topic alone verifies a whole room, and learns no nick and no text', () => {
  const world = new World()
  const [ann, bob] = [world.join('ann'), world.join('bob')]
  world.introduce(ann, bob)
  world.run(3_000)
  for (let n = 0; n < 20; n++) {
    const peer = n % 2 ? ann : bob
    peer.say(`a word of number ${n}`)
    world.run(3_000)
  }
  const recorded = [ann, bob].flatMap(({ sent }) =>
    sent.flatMap(({ frame }) => ('sealed' in frame ? [frame.sealed] : []))
  )
  expect(recorded.length).toBeGreaterThan(20)
  for (const sealed of recorded) {
    const kept = open(sealed, { topic: TOPIC })
    if (!kept.ok) throw new Error(kept.reason)
    expect(kept.message.body).toBeUndefined()
    expect([identityOf('ann'), identityOf('bob')]).toContain(kept.message.author)
    const text = b4a.toString(sealed, 'latin1')
    for (const word of ['ann', 'bob', 'a word']) expect(text).not.toContain(word)
  }
  const presences = recorded.map(sealed => open(sealed, ROOM))
  const nicks = presences.flatMap(opened =>
    opened.ok && opened.message.kind === KIND_PRESENCE && opened.message.body
      ? [decodePresenceBody(opened.message.body)?.nick]
      : []
  )
  expect(new Set(nicks)).toEqual(new Set(['ann', 'bob']))
})

test('a nonce is drawn for every message, presences included, whatever is said [M30]', () => {
  const world = new World()
  const ann = world.join('ann')
  member(world, ann)
  for (let n = 0; n < 20; n++) {
    ann.say('the same')
    world.run(1_000)
  }
  const ours = ann.sent.flatMap(({ frame }) => ('sealed' in frame ? [frame.sealed] : []))
  const heads = new Map(ours.map(sealed => [b4a.toString(sealed, 'hex'), sealed.subarray(2, 18)]))
  expect(heads.size).toBeGreaterThan(20)
  expect(new Set([...heads.values()].map(nonce => b4a.toString(nonce, 'hex'))).size).toBe(
    heads.size
  )
})

test('nobody makes an author name what it did not write as what it wrote before [M31]', () => {
  const world = new World()
  const ann = world.join('ann')
  const eve = member(world, ann)
  ann.say('first')
  world.run(100)
  for (let n = 0; n < 20; n++) {
    feedPushed(ann, eve, textOf('eve', `noise ${n}`, world.now + n))
    world.run(20)
  }
  ann.say('second')
  const own = ann.stored.filter(({ author }) => author === identityOf('ann'))
  expect(own).toHaveLength(2)
  const [first, second] = own
  expect(second?.parents).toContain(first?.id)
  const ours = second?.parents.filter(
    id => ann.stored.find(message => message.id === id)?.author === identityOf('ann')
  )
  expect(ours).toEqual([first?.id])
})
