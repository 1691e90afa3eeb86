import b4a from 'b4a'
import { describe, expect, test } from 'vitest'
import { seedOf } from '../../src/base/crypto.js'
import { Contacts } from '../../src/home/contacts.js'
import { freshIdentity } from '../../src/home/identity.js'
import { exportText, openExport, readExport } from '../../src/home/identity-export.js'

const { keyPair: pair } = freshIdentity()
const ana = freshIdentity().key
const eve = freshIdentity().key
const belongings = {
  pair,
  contacts: [
    { identity: ana, name: 'ana' },
    { identity: eve, ignored: true as const }
  ],
  nick: 'ada l.',
  rooms: [{ name: 'the team', secret: b4a.alloc(32, 13) }]
}

describe('an identity that was exported', () => {
  test('is in a file that only its passphrase opens', async () => {
    const text = await exportText(belongings, 'correct horse battery staple')
    for (const secret of [
      b4a.toString(seedOf(pair), 'hex'),
      ana,
      'ada l.',
      'contacts',
      'the team',
      '0d'.repeat(32)
    ])
      expect(text).not.toContain(secret)
    const found = readExport(text, 'me.json')
    if (!found.isSealed) throw new Error('it is open')
    await expect(openExport(found, 'another')).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
      message: expect.stringContaining('me.json')
    })
    expect(await openExport(found, 'correct horse battery staple')).toEqual(belongings)
  })

  test('is readable where no passphrase is wanted', async () => {
    const text = await exportText(belongings, undefined)
    expect(readExport(text, 'me.json')).toEqual({ isSealed: false, belongings })
  })

  test('has no rooms if an earlier version wrote it, and none that could not be called so', async () => {
    const text = await exportText(belongings, undefined)
    const { content, ...rest } = JSON.parse(text)
    const { rooms, ...before } = content
    const readWith = (content: object) =>
      readExport(JSON.stringify({ ...rest, content }), 'me.json')
    expect(readWith(before)).toMatchObject({ belongings: { rooms: [] } })
    const odd = [null, 7, { name: 'a\nb', secret: rooms[0].secret }, { name: 'team', secret: '0d' }]
    expect(readWith({ ...before, rooms: [...odd, ...rooms] })).toMatchObject({
      belongings: { rooms: belongings.rooms }
    })
  })

  test('is refused if it is damaged, newer, or something else, and is not quoted', async () => {
    const text = await exportText(belongings, undefined)
    const seed = b4a.toString(seedOf(pair), 'hex')
    const bad = [
      'no JSON',
      '[]',
      'null',
      text.slice(0, -9),
      text.replace(seed.slice(0, 2), 'xx'),
      text.replace('"version": 1', '"version": 2'),
      text.replace('swarmchat-identity', 'other'),
      JSON.stringify({ type: 'swarmchat-identity', version: 1, salt: 7 })
    ]
    for (const each of bad) {
      const read = () => readExport(each, 'me.json')
      expect(read).toThrow(expect.objectContaining({ code: 'BAD_EXPORT' }))
      expect(read).toThrow(expect.not.objectContaining({ message: expect.stringContaining(seed) }))
    }
  })
})

test('contacts of elsewhere are added; what is known here stays', () => {
  const contacts = new Contacts()
  const [bob, cid] = [freshIdentity().key, freshIdentity().key]
  contacts.setName(ana, 'anna')
  contacts.setName(bob, 'bob')
  contacts.merge([
    { identity: ana, name: 'ana', ignored: true },
    { identity: eve, ignored: true },
    { identity: cid, name: 'bob' }
  ])
  expect(contacts.nameOf(ana)).toBe('anna')
  expect(contacts.isIgnored(ana)).toBe(true)
  expect(contacts.isIgnored(eve)).toBe(true)
  // Nobody has two people's name.
  expect(contacts.nameOf(cid)).toBeUndefined()
})
