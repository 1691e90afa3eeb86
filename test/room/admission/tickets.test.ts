import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeTicket, ticketsMade } from '../../../src/room/admission/tickets.js'
import { privateRoomKeys } from '../../../src/room/keys.js'

const home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('invitations are listed by room, those of a room by their end, and those that end together by what they are called', () => {
  const [later, soon] = [Date.now() + 7_200_000, Date.now() + 3_600_000]
  const ends = [later, soon, later, soon, later, soon]
  const made = ['team', 'cellar'].flatMap(room => {
    const keys = privateRoomKeys(room, Buffer.alloc(32, room))
    return ends.map(expires => ({ room, expires, id: makeTicket(keys, { expires }, home).id }))
  })
  const byId = made.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const inOrder = ['cellar', 'team'].flatMap(room =>
    [soon, later].flatMap(end =>
      byId.filter(each => each.room === room && each.expires === end).map(({ id }) => id)
    )
  )
  expect(ticketsMade(home).map(({ id }) => id)).toEqual(inOrder)
})
