import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { KeyPair } from '../../../src/base/crypto.js'
import type { MessageId } from '../../../src/base/ids.js'
import { messageRoom } from '../../../src/protocol/access/room-cipher.js'
import { encodeDeletionBody } from '../../../src/protocol/wire/bodies/deletion.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import { KIND_DELETION, KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import {
  type CheckedMessage,
  NONCE_BYTES,
  open,
  openBare,
  seal,
  stripMessage
} from '../../../src/protocol/wire/message.js'
import { openImporter } from '../../../src/room/kept/importing.js'
import { keptHistory } from '../../../src/room/kept/kept-rooms.js'
import { roomKeys } from '../../../src/room/keys.js'
import { keysOf } from '../../support/harness.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))
const keys = roomKeys('lobby')

afterAll(() => rmSync(root, { recursive: true, force: true }))

const room = messageRoom(keys.secret)
const eve = keysOf('identity eve')

/** Something that somebody said, signed. */
function sealed(kind: number, body: Uint8Array, clock: number, by: KeyPair) {
  const nonce = new Uint8Array(NONCE_BYTES)
  return seal({ kind, clock, parents: [], body, nonce }, by, room)
}

const line = (text: string, clock: number) =>
  sealed(KIND_TEXT, encodeTextBody({ nick: 'eve', text }), clock, eve)

const deletion = (targets: readonly MessageId[], clock: number, by = eve) =>
  sealed(KIND_DELETION, encodeDeletionBody({ targets }), clock, by)

/** As a transcript is read without the room's name: bodies stay closed. */
function closed(message: CheckedMessage): CheckedMessage {
  const { topic } = room
  const opened = message.isBare ? openBare(message.sealed, topic) : open(message.sealed, { topic })
  if (!opened.ok) throw new Error(opened.reason)
  return opened.message
}

async function imported(messages: readonly CheckedMessage[], home: string, isNamed = true) {
  const importer = await openImporter(keys.topic, isNamed ? keys : undefined, home)
  try {
    for (const message of messages) if (importer.take(closed(message))) await importer.flush()
    return await importer.finish()
  } finally {
    await importer.close()
  }
}

type Line = ReturnType<typeof line>

const textsIn = async (home: string) => (await keptHistory(keys, { home })).map(({ text }) => text)

describe('what is imported', () => {
  test('is not said to be there if the disk was full, and is when it is imported again', async () => {
    const home = newHome()
    const now = Date.now()
    const messages = Array.from({ length: 3_000 }, (_, at) => line(`${at}`, now - 10_000 + at))
    const full = new Error('No space left on device')
    const run = async () => {
      const importer = await openImporter(keys.topic, keys, home)
      try {
        for (const message of messages) if (importer.take(message)) await importer.flush()
        return await importer.finish()
      } finally {
        await importer.close()
      }
    }
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValue(full)
    const failed = await run().catch(thrown => thrown)
    batch.mockRestore()
    expect(failed).toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('No space left on device')
    })
    expect(await run()).toMatchObject({ refused: 0 })
    expect(await textsIn(home)).toHaveLength(messages.length)
  })

  test('has no date that is yet to come: nothing would take it away again', async () => {
    const home = newHome()
    const now = Date.now()
    const importer = await openImporter(keys.topic, keys, home)
    for (const clock of [5, now, Date.UTC(2100), 2 ** 48 - 1])
      importer.take(line(`${clock}`, clock))
    expect(await importer.finish()).toEqual({ imported: 2, known: 0, refused: 2 })
    await importer.close()
    expect(await textsIn(home)).toEqual(['5', `${now}`])
  })

  test('has its body, unless its author has taken it back: here, or in the transcript', async () => {
    const home = newHome()
    const now = Date.now()
    const mallory = keysOf('identity mallory')
    const [whole, here, there, stripped, ofOther] = ['a', 'b', 'c', 'd', 'e'].map((text, at) =>
      line(text, now - 1_000 + at)
    ) as [Line, Line, Line, Line, Line]
    await imported([deletion([here.id], now)], home)
    const transcript = [
      whole,
      ...[here, there, stripped, ofOther].map(stripMessage),
      deletion([there.id], now + 1),
      deletion([ofOther.id], now + 2, mallory)
    ]
    // Its name is known here, and with it what the deletions say.
    expect(await imported(transcript, home, false)).toEqual({ imported: 5, known: 0, refused: 2 })
    expect(await textsIn(home)).toEqual(['a'])
    // The bodies may come yet: of those that were not taken.
    const again = await imported([whole, here, there, stripped, ofOther], home)
    expect(again).toEqual({ imported: 2, known: 3, refused: 0 })
    expect(await textsIn(home)).toEqual(['a', 'd', 'e'])
  })

  test('is as many that were taken back as there are', async () => {
    const home = newHome()
    const now = Date.now()
    const lines = Array.from({ length: 2_500 }, (_, at) => line(`${at}`, now - 10_000 + at))
    const deletions = Array.from({ length: 100 }, (_, at) =>
      deletion(
        lines.slice(at * 25, (at + 1) * 25).map(({ id }) => id),
        now + at
      )
    )
    const result = await imported([...lines.map(stripMessage), ...deletions], home)
    expect(result).toEqual({ imported: 2_600, known: 0, refused: 0 })
  })
})
