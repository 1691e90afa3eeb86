import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import type { RoomUpdate } from '../../../src/room/events.js'
import { inOrder } from '../../../src/room/order/ordered.js'
import { other } from '../../ui/fake-room.js'

test('what is said about a line that waits comes after it', () => {
  const room = new EventEmitter()
  const shown: string[] = []
  const end = inOrder(room as never, ({ type }) => shown.push(type))
  const [id, by] = ['1', '2'].map(digit => digit.repeat(64) as MessageId) as [MessageId, MessageId]
  const missing = ['3'.repeat(64) as MessageId]
  const said = { from: other('a', 'ann').identity, nick: 'ann', time: 1, history: false }
  const tell = (update: RoomUpdate) => room.emit('update', update)
  tell({ type: 'message', message: { id, ...said, text: 'hi', missing } })
  tell({ type: 'edit', id, by, ...said, text: 'hello' })
  tell({ type: 'delete', id: by, by: id, ...said })
  expect(shown).toEqual(['delete'])
  end()
  expect(shown).toEqual(['delete', 'message', 'edit'])
})
