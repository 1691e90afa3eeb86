import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessageId } from '../../../src/base/ids.js'
import type { RoomDesk } from '../../../src/bot/room-desk.js'
import type { Slot } from '../../../src/bot/runner/host.js'
import type { Saying } from '../../../src/protocol/events.js'

const ID = 'a'.repeat(64)

/** A room with nobody in it, which takes whatever the bot says at once. */
export function fakeSlot(stateFile = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'state')) {
  const said: string[] = []
  const desk = {
    name: 'lobby',
    me: { identity: ID, nick: 'bot', isBot: true },
    members: () => [],
    post: async (saying: Saying) => {
      said.push('text' in saying ? saying.text : saying.type)
      return ID as MessageId
    },
    outbox: { room: async () => {} }
  } as unknown as RoomDesk
  const slot: Slot = {
    index: 0,
    desk,
    ready: { topic: ID, identity: ID, device: ID },
    stateFile
  }
  return { said, slot }
}
