import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { messageRoom } from '../../../src/protocol/access/room-cipher.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal } from '../../../src/protocol/wire/message.js'
import { openImporter } from '../../../src/room/kept/importing.js'
import { keptHistory } from '../../../src/room/kept/kept-rooms.js'
import { roomKeys } from '../../../src/room/keys.js'
import { keysOf } from '../../support/harness.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))
const keys = roomKeys('lobby')

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A line of somebody, signed. */
function line(text: string, clock: number) {
  const body = encodeTextBody({ nick: 'eve', text })
  const nonce = new Uint8Array(NONCE_BYTES)
  const draft = { kind: KIND_TEXT, clock, parents: [], body, nonce }
  return seal(draft, keysOf('identity eve'), messageRoom(keys.secret))
}

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
})
