import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { IdentityKey, Topic } from '../../src/base/ids.js'
import { Contacts } from '../../src/home/contacts.js'
import { readSeen, writeSeen } from '../../src/home/seen.js'

const home = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))
const keyOf = (digit: string) => digit.repeat(64) as IdentityKey
afterEach(() => void vi.useRealTimers())
const [ANA, BEN] = [keyOf('a'), keyOf('b')]

test('names and who is ignored are kept, mode 0600, and shared between programs', () => {
  const directory = home()
  const [one, two] = [Contacts.in(directory), Contacts.in(directory)]
  one.setName(ANA, 'ana')
  two.setIgnored(BEN, true)
  two.setIgnored(ANA, true)
  expect(Contacts.in(directory).all()).toEqual([
    { identity: ANA, name: 'ana', ignored: true },
    { identity: BEN, ignored: true }
  ])
  expect(statSync(join(directory, 'contacts.json')).mode & 0o777).toBe(0o600)
  one.setName(ANA, undefined)
  one.setIgnored(BEN, false)
  expect(one.all()).toEqual([{ identity: ANA, ignored: true }])
  expect([one.isIgnored(ANA), one.isIgnored(BEN), one.nameOf(ANA)]).toEqual([
    true,
    false,
    undefined
  ])
})

test.each([
  '{',
  'null',
  '[]',
  '{"contacts":1}',
  `{"contacts":[{"identity":"${ANA}","ignored":true},{"identity":7}]}`
])('a damaged file is said so and stays as it is, so that nobody ignored is shown: %j', text => {
  const directory = home()
  const file = join(directory, 'contacts.json')
  const whole = Contacts.in(directory)
  writeFileSync(file, text)
  const damaged = expect.objectContaining({ code: 'BAD_CONTACTS' })
  expect(() => Contacts.in(directory)).toThrow(damaged)
  expect(() => whole.setIgnored(BEN, true)).toThrow(damaged)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('an empty file is one without contacts', () => {
  const directory = home()
  writeFileSync(join(directory, 'contacts.json'), '')
  expect(Contacts.in(directory).all()).toEqual([])
})

test('there is an end to it, and nothing is lost there', () => {
  const directory = home()
  const contacts = Array.from({ length: 10_000 }, (_, i) => ({
    identity: i.toString(16).padStart(64, '0'),
    name: `n${i}`
  }))
  writeFileSync(join(directory, 'contacts.json'), JSON.stringify({ contacts }))
  expect(Contacts.in(directory).setName(ANA, 'ana')).toBe(false)
  expect(Contacts.in(directory).all()).toHaveLength(10_000)
})

test('how far a room was read is kept where something of it is', () => {
  const directory = home()
  const topic = 'c'.repeat(64) as Topic
  writeSeen(directory, topic, 5)
  expect(readSeen(directory, topic)).toBeUndefined()
  writeFileSync(join(directory, 'rooms'), '')
  expect(readSeen(directory, topic)).toBeUndefined()
  expect(readFileSync(join(directory, 'rooms'), 'utf8')).toBe('')
})

test('what another program changes is heard within a second, until that is ended', () => {
  vi.useFakeTimers()
  const directory = home()
  const [one, two] = [Contacts.in(directory), Contacts.in(directory)]
  two.setName(BEN, 'ben')
  let changes = 0
  const unfollow = one.follow(() => {
    changes += 1
  })
  expect([one.nameOf(BEN), changes]).toEqual(['ben', 0])
  two.setName(ANA, 'ana')
  two.setIgnored(BEN, true)
  vi.advanceTimersByTime(1_000)
  expect([one.nameOf(ANA), one.isIgnored(BEN), changes]).toEqual(['ana', true, 1])
  vi.advanceTimersByTime(10_000)
  expect(changes).toBe(1)
  one.setName(ANA, 'anna')
  expect(changes).toBe(2)
  unfollow()
  two.setName(ANA, undefined)
  vi.advanceTimersByTime(1_000)
  expect(one.nameOf(ANA)).toBe('anna')
  expect(vi.getTimerCount()).toBe(0)
})

test('a file that is damaged while it is followed shows nobody who is ignored', () => {
  vi.useFakeTimers()
  const directory = home()
  const contacts = Contacts.in(directory)
  contacts.setIgnored(BEN, true)
  const unfollow = contacts.follow()
  writeFileSync(join(directory, 'contacts.json'), '{')
  vi.advanceTimersByTime(1_000)
  expect(contacts.isIgnored(BEN)).toBe(true)
  unfollow()
})
