import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { freshIdentity } from '../../../src/home/identity.js'
import { RoomLog } from '../../../src/room/kept/room-log.js'
import { roomKeys } from '../../../src/room/keys.js'
import type { Arrival } from '../../../src/store/arrivals.js'
import type { Logged } from '../../../src/store/log.js'
import { textOf } from '../../support/hostile.js'
import { idOf } from '../../support/peers.js'

/** A log of a room that has this one message. */
function logOf(message: ReturnType<typeof textOf>) {
  const log = new RoomLog({ home: '/nowhere', keys: roomKeys('lobby'), identity: freshIdentity() })
  const read = vi.fn((id: MessageId) =>
    id === message.id ? { message, direct: undefined } : undefined
  )
  log.attach(new EventEmitter(), () => ({ read }))
  return { log, read }
}

test('what arrived on the disk is read again only for those who want what it says', () => {
  const message = textOf('ann', 'hello')
  const { log, read } = logOf(message)
  const arrivals: readonly Arrival[] = [
    { id: idOf<MessageId>('of another room'), number: 1 },
    { id: message.id, number: 2 }
  ]
  const told: Arrival[] = []
  log.listen({ onarrive: arrived => void told.push(...arrived) })
  log.arrived(arrivals)
  expect(told).toEqual(arrivals)
  expect(read).not.toHaveBeenCalled()
  const followed: Logged[] = []
  log.follow(messages => void followed.push(...messages))
  log.arrived(arrivals)
  const { clock, id, sealed } = message
  expect(followed).toEqual([{ clock, id, sealed, number: 2 }])
})
