import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import type { IdentityKey, MessageId, PeerKey } from '../../src/base/ids.js'
import { parseAction, updateJson } from '../../src/bot/runner/child-json.js'
import type { Slot } from '../../src/bot/runner/host.js'
import type { Update } from '../../src/bot/updates.js'
import { errorJson, eventJson, parseRequest } from '../../src/ndjson/codec.js'
import type { RoomUpdate } from '../../src/room/events.js'

const ajv = new Ajv2020({ strict: true, allErrors: true })
const schema = (name: string): ValidateFunction =>
  ajv.compile(
    JSON.parse(readFileSync(new URL(`../../docs/schema/${name}.json`, import.meta.url), 'utf8'))
  )
const isEvent = schema('events-1')
const isAction = schema('actions-1')

const identity = 'a'.repeat(64) as IdentityKey
const id = 'b'.repeat(64) as MessageId
const device = 'c'.repeat(64) as PeerKey

/** Lines that are about a line, and what each asks for. */
const ABOUT_LINES = [
  [
    { type: 'reply', id, text: 'ho' },
    { type: 'say', replyTo: id, text: 'ho' }
  ],
  [
    { type: 'edit', id, text: 'ho' },
    { type: 'edit', id, text: 'ho' }
  ],
  [
    { type: 'delete', id },
    { type: 'delete', id }
  ],
  [
    { type: 'react', id, emoji: '👍' },
    { type: 'react', id, emoji: '👍', removed: false }
  ],
  [
    { type: 'react', id, emoji: '👍', removed: true },
    { type: 'react', id, emoji: '👍', removed: true }
  ],
  [
    { type: 'subject', subject: 'lunch' },
    { type: 'subject', subject: 'lunch' }
  ]
] as const

test('what join --json writes is in the schema', () => {
  const message = { id, from: identity, nick: 'ana', text: 'hi', time: 1, history: false }
  const updates: RoomUpdate[] = [
    { type: 'message', message },
    { type: 'message', message: { ...message, replyTo: id, edited: 2 } },
    { type: 'edit', id, by: id, from: identity, nick: 'ana', text: 'ho', time: 1, history: false },
    { type: 'delete', id, by: id, from: identity, time: 1, history: true },
    {
      type: 'reaction',
      id,
      by: id,
      from: identity,
      emoji: '👍',
      removed: false,
      time: 1,
      history: false
    },
    { type: 'subject', id, from: identity, nick: 'ana', subject: '', time: 1, history: true },
    {
      type: 'card',
      id,
      from: identity,
      nick: 'ana',
      title: 'Lobby',
      description: '',
      rules: 'Be kind.',
      time: 1,
      history: true
    },
    { type: 'direct', message: { ...message, to: identity, isRequest: true } },
    { type: 'direct-held', identity, nick: 'ana', count: 2, people: 1 },
    { type: 'join', identity, nick: 'ana' },
    { type: 'leave', identity, nick: 'ana' },
    { type: 'rename', identity, nick: 'ana', previous: 'anna' },
    { type: 'receipt', id, have: 1, members: 2 },
    { type: 'status', network: 'local', state: 'online', text: 'local: ok' },
    { type: 'catching-up', have: 12_400, total: 40_000 },
    { type: 'clock-ahead', identity, ahead: 400_000.5 },
    { type: 'clock-off', behind: -7_200_000.5 },
    { type: 'device-changed', device, why: 'taken' },
    { type: 'unkept', code: 'STORE_IN_USE', text: 'Another program keeps it.' },
    { type: 'clock-back', by: 7_200_000.5, redated: 1 },
    { type: 'redated', previous: id, message },
    { type: 'forged', identity, ids: [id] },
    { type: 'fault', count: 1, text: 'Something went wrong.', cause: new Error('x') }
  ]
  for (const update of updates) expect(isEvent(eventJson(update)), update.type).toBe(true)
  for (const update of updates.filter(({ type }) => type === 'message'))
    expect(eventJson(update, { cursor: 'c-1' })).toMatchObject({ cursor: 'c-1' })
  expect(isEvent({ ...eventJson({ type: 'message', message }), cursor: 1 })).toBe(false)
  expect(isEvent({ ...eventJson({ type: 'message', message }), cursor: 'c-1' })).toBe(true)
  expect(isEvent(errorJson(new Error('x')))).toBe(true)
})

test('what a child reads is in the schema', () => {
  const author = { identity, nick: 'ana', isBot: false }
  const message = { id, text: 'hi', time: 1, history: false, author }
  const updates: Update[] = [
    { type: 'start' },
    { type: 'message', message },
    { type: 'direct', message },
    { type: 'message', message: { ...message, replyTo: id } },
    { type: 'edit', id, text: 'ho', time: 1, history: false, author },
    { type: 'delete', id, time: 1, history: false, author },
    { type: 'reaction', id, emoji: '👍', removed: true, time: 1, history: false, author },
    { type: 'subject', subject: 'lunch', time: 1, history: false, author },
    {
      type: 'card',
      title: 'Lobby',
      description: '',
      rules: '',
      time: 1,
      history: false,
      author
    },
    { type: 'join', author, present: true },
    { type: 'leave', author },
    { type: 'rename', author, previous: 'anna' },
    { type: 'receipt', id, have: 1, members: 2 }
  ]
  const desk = { name: 'lobby', me: author }
  const slot = { desk, ready: { topic: id, identity, device } } as unknown as Slot
  for (const update of updates)
    expect(isEvent(updateJson(update, slot, { bots: false, allow: undefined })), update.type).toBe(
      true
    )
})

test('the schema refuses what is none, and takes the actions that are understood', () => {
  expect(isEvent({ type: 'message', id: 'x' })).toBe(false)
  expect(isEvent({ type: 'dance' })).toBe(false)
  for (const action of [{ type: 'say', text: 'hi' }, { type: 'leave' }]) {
    expect(isAction(action)).toBe(true)
    expect(parseRequest(JSON.stringify(action))).toEqual(action)
    expect(parseAction(JSON.stringify(action))).toEqual(action)
  }
  for (const [line, request] of ABOUT_LINES) {
    expect(isAction(line)).toBe(true)
    expect(parseRequest(JSON.stringify(line))).toEqual(request)
  }
  for (const action of [
    { type: 'edit', text: 'x' },
    { type: 'delete', id: 'x' },
    { type: 'react', id },
    { type: 'subject', text: 'x' }
  ]) {
    expect(isAction(action)).toBe(false)
    expect(() => parseRequest(JSON.stringify(action))).toThrow()
  }
  for (const action of [{ type: 'say' }, { type: 'say', text: '' }, { type: 'dance' }, 'say'])
    expect(isAction(action)).toBe(false)
})

test.each([[[]], [['roll', 'bis_2', 'größe']]])('a program may obey %j', commands => {
  const action = { type: 'commands', commands }
  expect(isAction(action)).toBe(true)
  expect(parseAction(JSON.stringify(action))).toEqual(action)
  expect(() => parseRequest(JSON.stringify(action))).toThrow()
})

test.each([
  'roll',
  [''],
  ['/roll'],
  ['two words'],
  ['x'.repeat(33)],
  [1],
  Array.from({ length: 33 }, (_, n) => `c${n}`),
  undefined
])('a program cannot obey %j', commands => {
  const action = { type: 'commands', commands }
  expect(isAction(action)).toBe(false)
  expect(() => parseAction(JSON.stringify(action))).toThrow(
    expect.objectContaining({ code: 'BAD_LINE' })
  )
})
