import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDevice } from '../../src/home/device-key.js'
import { placeOf } from '../../src/home/place.js'
import { roomTopic } from '../../src/room/keys.js'
import { copyHome } from '../support/copy-home.js'

const newHome = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))
const lobby = roomTopic('lobby')

/** What the device in this home is; given free again. */
function look(home: string) {
  const device = openDevice(home, lobby)
  device.release()
  return device
}

test('a device key is kept for the room', () => {
  const home = newHome()
  const first = look(home)
  const again = look(home)
  expect(again.keyPair).toEqual(first.keyPair)
  expect(again.former).toBeUndefined()
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

test('a copied home gets a key of its own, once, and tells whose it had', () => {
  const [home, copy] = [newHome(), join(newHome(), 'copy')]
  const original = look(home)
  copyHome(home, copy)
  const copied = look(copy)
  expect(copied.kept).toBe(true)
  expect(copied.keyPair).not.toEqual(original.keyPair)
  expect(copied.former).toEqual(original.keyPair)
  for (const [place, { keyPair }] of [
    [copy, copied],
    [home, original]
  ] as const) {
    const again = look(place)
    expect(again.keyPair).toEqual(keyPair)
    expect(again.former).toBeUndefined()
  }
})

test('also while the original is in use', () => {
  const [home, copy] = [newHome(), join(newHome(), 'copy')]
  const original = openDevice(home, lobby)
  copyHome(home, copy)
  expect(look(copy).keyPair).not.toEqual(original.keyPair)
})

test('a home that was moved gets a new key: it may be a copy', () => {
  const [home, elsewhere] = [newHome(), join(newHome(), 'moved')]
  const before = look(home)
  renameSync(home, elsewhere)
  expect(look(elsewhere).former).toEqual(before.keyPair)
})

test('a home of an earlier version, which says nothing of its place, keeps its key', () => {
  const home = newHome()
  const before = look(home)
  rmSync(join(home, 'rooms', lobby, 'place'))
  const after = look(home)
  expect(after.keyPair).toEqual(before.keyPair)
  expect(after.former).toBeUndefined()
})

test('another machine at the same path is another place, and says nothing of the machine', () => {
  const home = newHome()
  const [here, there] = [placeOf(home, 'a'.repeat(32)), placeOf(home, 'b'.repeat(32))]
  expect(here).not.toBe(there)
  expect(here).toMatch(/^[0-9a-f]{64}$/)
  expect(placeOf(home, 'a'.repeat(32))).toBe(here)
  const room = join(home, 'rooms', lobby)
  const before = look(home)
  writeFileSync(join(room, 'place'), `${placeOf(room, 'another machine')}\n`)
  expect(look(home).former).toEqual(before.keyPair)
})

test('a renewed key takes the place of the one in the store', () => {
  const home = newHome()
  const device = openDevice(home, lobby)
  const renewed = device.renew()
  expect(renewed.kept).toBe(true)
  expect(renewed.keyPair).not.toEqual(device.keyPair)
  expect(openDevice(home, lobby).kept).toBe(false)
  renewed.release()
  expect(look(home).keyPair).toEqual(renewed.keyPair)
})

test('a renewed key that is not kept is in memory, too', () => {
  const home = newHome()
  const kept = openDevice(home, lobby)
  const second = openDevice(home, lobby)
  const renewed = second.renew()
  expect(renewed.kept).toBe(false)
  expect(renewed.keyPair).not.toEqual(second.keyPair)
  kept.release()
  expect(look(home).keyPair).toEqual(kept.keyPair)
})
