import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDevice } from '../../src/home/device-key.js'
import { roomTopic } from '../../src/room/keys.js'

const newHome = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))
const lobby = roomTopic('lobby')

test('a device key is kept for the room', () => {
  const home = newHome()
  const first = openDevice(home, lobby)
  first.release()
  const again = openDevice(home, lobby)
  expect(again.keyPair).toEqual(first.keyPair)
  expect(openDevice(home, roomTopic('attic')).keyPair).not.toEqual(first.keyPair)
})

test('who comes second while it is in use gets a fresh one', () => {
  const home = newHome()
  const first = openDevice(home, lobby)
  const second = openDevice(home, lobby)
  expect([first.kept, second.kept]).toEqual([true, false])
  expect(second.keyPair).not.toEqual(first.keyPair)
  second.release()
  expect(openDevice(home, lobby).kept).toBe(false)
})
