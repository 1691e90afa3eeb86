import { describe, expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { encodeLineAbout } from '../../../src/protocol/wire/bodies/text.js'
import { KIND_EDIT } from '../../../src/protocol/wire/kinds.js'
import { stripMessage, type VerifiedMessage } from '../../../src/protocol/wire/message.js'
import { type CheckOptions, type Flaw, TranscriptCheck } from '../../../src/store/archive/check.js'
import { IdDigest, messageLine } from '../../../src/store/archive/transcript.js'
import { EPOCH, keysOf, ROOM, TOPIC } from '../../support/harness.js'
import { messageOf, textOf } from '../../support/hostile.js'

const one = textOf('ann', 'one', EPOCH)
const two = textOf('ben', 'two', EPOCH + 1, [one.id])
const edit = messageOf('ben', {
  kind: KIND_EDIT,
  clock: EPOCH + 2,
  parents: [two.id],
  body: encodeLineAbout({ nick: 'ben', target: two.id, text: 'zwei' })
})
const ALL = [one, two, edit]

/** A transcript of these messages, line by line. */
function transcript(messages: readonly VerifiedMessage[] = ALL, isSealed = false): string[] {
  const digest = new IdDigest()
  const lines = messages.map(message => {
    digest.add(message.id)
    return messageLine(message, isSealed)
  })
  const start = { type: 'transcript', version: 1, topic: TOPIC } as const
  return [start, ...lines, digest.end(TOPIC, keysOf('identity ann'))].map(line =>
    JSON.stringify(line)
  )
}

/** What is said of these lines. */
function check(lines: readonly string[], options: Partial<CheckOptions> = {}) {
  const flaws: Flaw[] = []
  const checking = new TranscriptCheck({ ...options, onflaw: flaw => flaws.push(flaw) })
  for (const line of lines) checking.take(line)
  const report = checking.end()
  return { report, flaws: flaws.map(({ kind, line }) => `${line}: ${kind}`) }
}

/** The same with a field of a line changed. */
function changed(at: number, change: (line: Record<string, unknown>) => void): string[] {
  const lines = transcript()
  const line = JSON.parse(lines[at] ?? '')
  change(line)
  return lines.with(at, JSON.stringify(line))
}

test('a transcript is intact, with the texts and without', () => {
  const { flaws, report } = check(transcript(), { room: ROOM })
  expect(flaws).toEqual([])
  expect(report).toMatchObject({ messages: 3, flaws: 0, absent: 0, textsChecked: true })
  expect(check(transcript(ALL, true)).report).toMatchObject({ flaws: 0, textsChecked: false })
  expect(transcript(ALL, true).join()).not.toMatch(/one|said/)
})

describe('whatever is changed is noticed, and where', () => {
  test.each<[string, readonly string[], string[]]>([
    [
      'a byte of what is signed',
      changed(2, line => {
        line.sealed = `${String(line.sealed).slice(0, 40)}${String(line.sealed)[40] === 'A' ? 'B' : 'A'}${String(line.sealed).slice(41)}`
      }),
      ['3: altered', 'end']
    ],
    [
      'the text beside it',
      changed(2, line => {
        line.said = { type: 'line', nick: 'ben', text: 'three' }
      }),
      ['3: altered', 'end']
    ],
    [
      'the time',
      changed(2, line => {
        line.time = 1
      }),
      ['3: altered', 'end']
    ],
    [
      'the author',
      changed(2, line => {
        line.from = one.author
      }),
      ['3: altered', 'end']
    ],
    [
      'the id',
      changed(2, line => {
        line.id = one.id
      }),
      ['3: altered', 'end']
    ],
    ['a line that is gone', transcript().toSpliced(2, 1), ['end']],
    ['a line that comes twice', transcript().toSpliced(2, 0, transcript()[1] ?? ''), ['3: added']],
    ['a line that is none', transcript().toSpliced(2, 0, 'hello'), ['3: altered']],
    ['another order', [0, 2, 1, 3, 4].map(at => transcript()[at] ?? ''), ['3: order', 'end']],
    ['the end', transcript().slice(0, -1), ['undefined: missing']],
    [
      'the start',
      transcript().slice(1),
      ['1: missing', '2: missing', '3: missing', '4: missing', 'undefined: missing']
    ],
    ['something after the end', [...transcript(), transcript()[1] ?? ''], ['6: added']],
    [
      'the count',
      changed(4, line => {
        line.messages = 2
      }),
      ['5: added']
    ],
    [
      'who signed',
      changed(4, line => {
        line.by = two.author
      }),
      ['5: altered']
    ],
    [
      'another room',
      changed(0, line => {
        line.topic = 'f'.repeat(64)
      }),
      ['1: altered', '2: altered', '3: altered', '4: altered', 'end']
    ]
  ])('%s', (_, lines, wanted) => {
    const { flaws } = check(lines, { room: ROOM })
    const last = /^\d+: (missing|altered)$/
    expect(
      flaws.map((flaw, at) => (wanted[at] === 'end' && last.test(flaw) ? 'end' : flaw))
    ).toEqual(wanted)
  })

  test('a message that was added by somebody who signs well', () => {
    const more = JSON.stringify(messageLine(textOf('eve', 'me too', EPOCH + 3), false))
    expect(check(transcript().toSpliced(4, 0, more)).flaws).toEqual(['6: added'])
  })
})

test('parents that were not kept are counted, and are no flaw', () => {
  const late = textOf('ann', 'late', EPOCH + 9, ['a'.repeat(64) as MessageId])
  expect(check(transcript([late])).report).toMatchObject({ flaws: 0, absent: 1 })
})

test('a message that was deleted can be checked without its body, and a text beside it is noticed', () => {
  const bare = stripMessage(one)
  const lines = transcript()
  const line = messageLine(bare, false)
  expect(line).toMatchObject({ deleted: true })
  expect(check(lines.with(1, JSON.stringify(line)), { room: ROOM }).flaws).toEqual([])
  const said = { type: 'line', nick: 'ann', text: 'one' }
  expect(check(lines.with(1, JSON.stringify({ ...line, said })), { room: ROOM }).flaws[0]).toBe(
    '2: altered'
  )
})

test('no bytes throw', () => {
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"type":"message"}',
    '{"type":"end","by":1}',
    '{"type":"transcript","version":1,"topic":"x"}'
  ])
    expect(check([text, ...transcript()]).report.topic).toBe(TOPIC)
  expect(
    check(
      changed(1, line => {
        line.sealed = ''
      })
    ).flaws[0]
  ).toBe('2: altered')
  expect(
    check(
      changed(1, line => {
        line.said = { deep: [[[[]]]] }
      }),
      { room: ROOM }
    ).flaws[0]
  ).toBe('2: altered')
})
