import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Topic } from '../../src/base/ids.js'
import { changeIdentity, standingOf } from '../../src/home/change-identity.js'
import { openDevice } from '../../src/home/device-key.js'
import { freshIdentity, keptIdentity, loadIdentity } from '../../src/home/identity.js'
import { lockFile } from '../../src/home/identity-lock.js'

const newHome = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))
const TOPIC = 'ab'.repeat(32) as Topic

test('where there was none it is the identity from now on', () => {
  const home = newHome()
  const { key, keyPair } = freshIdentity()
  expect(changeIdentity(home, keyPair)).toEqual({})
  expect(loadIdentity(home).key).toBe(key)
  expect(changeIdentity(home, keyPair)).toEqual({})
  expect(readdirSync(home)).toEqual(['identity'])
})

test('one that was there is put aside, also if it is damaged', () => {
  const home = newHome()
  const file = join(home, 'identity')
  loadIdentity(home)
  const before = readFileSync(file, 'utf8')
  const { former = '' } = changeIdentity(home, freshIdentity().keyPair)
  expect(readFileSync(former, 'utf8')).toBe(before)
  writeFileSync(file, 'damaged')
  const { key, keyPair } = freshIdentity()
  const { former: damaged = '' } = changeIdentity(home, keyPair)
  expect(damaged).not.toBe(former)
  expect(readFileSync(damaged, 'utf8')).toBe('damaged')
  expect(loadIdentity(home).key).toBe(key)
})

test('one that was locked opens without its passphrase from then on', async () => {
  const home = newHome()
  const { file = '', keyPair } = loadIdentity(home)
  await lockFile(file, 'forgotten by now')
  expect(standingOf(home, keyPair)).toBe('locked')
  expect(changeIdentity(home, keyPair)).toEqual({})
  expect(keptIdentity(home).isLocked).toBe(false)
  expect(standingOf(home, keyPair)).toBe('same')
  expect(readdirSync(home)).toEqual(['identity'])
})

test('rooms get device keys that nobody has seen with the former identity', () => {
  const home = newHome()
  loadIdentity(home)
  const before = openDevice(home, TOPIC)
  before.release()
  changeIdentity(home, freshIdentity().keyPair)
  const after = openDevice(home, TOPIC)
  after.release()
  expect(after.keyPair.publicKey).not.toEqual(before.keyPair.publicKey)
})

test('nothing is changed while a program is in a room', () => {
  const home = newHome()
  const { key } = loadIdentity(home)
  mkdirSync(join(home, 'rooms', 'something else'), { recursive: true })
  const device = openDevice(home, TOPIC)
  expect(() => changeIdentity(home, freshIdentity().keyPair)).toThrow(
    expect.objectContaining({ code: 'IDENTITY_IN_USE', exitCode: 1 })
  )
  expect(loadIdentity(home).key).toBe(key)
  device.release()
  changeIdentity(home, freshIdentity().keyPair)
  expect(loadIdentity(home).key).not.toBe(key)
})
