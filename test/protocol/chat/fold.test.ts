import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { Deletions } from '../../../src/protocol/chat/deletions.js'
import { type Change, Fold } from '../../../src/protocol/chat/fold.js'
import { foldLines } from '../../../src/protocol/chat/fold-lines.js'
import type { Readable } from '../../../src/protocol/chat/said.js'
import { encodeDeletionBody } from '../../../src/protocol/wire/bodies/deletion.js'
import { encodeReactionBody } from '../../../src/protocol/wire/bodies/reaction.js'
import { encodeLineAbout, encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import {
  KIND_DELETION,
  KIND_EDIT,
  KIND_REACTION,
  KIND_REPLY,
  KIND_TEXT
} from '../../../src/protocol/wire/kinds.js'

const idOf = (number: number) => number.toString(16).padStart(64, '0') as MessageId
const authorOf = (nick: string) => Buffer.from(nick).toString('hex').padEnd(64, '0') as IdentityKey

/** What is said, by whom, at what time; `about`: the number of another one. */
interface Script {
  readonly number: number
  readonly nick: string
  readonly clock: number
  readonly kind: number
  readonly about: number
  readonly sign: string
  readonly removed: boolean
}

const text = ({ number }: Script) => `text ${number}`

function bodyOf(script: Script): Uint8Array {
  const { about, kind, nick, removed, sign } = script
  const target = idOf(about)
  if (kind === KIND_TEXT) return encodeTextBody({ nick, text: text(script) })
  if (kind === KIND_DELETION) return encodeDeletionBody({ targets: [target] })
  if (kind === KIND_REACTION) return encodeReactionBody({ target, sign, removed })
  return encodeLineAbout({ nick, target, text: text(script) })
}

function readable(script: Script): Readable {
  const { clock, kind, nick, number } = script
  return { id: idOf(number), author: authorOf(nick), clock, kind, body: bodyOf(script) }
}

const KINDS = [KIND_TEXT, KIND_REPLY, KIND_EDIT, KIND_DELETION, KIND_REACTION]
const scripts = fc
  .array(
    fc.record({
      nick: fc.constantFrom('ann', 'ben', 'eve'),
      clock: fc.integer({ min: 1, max: 6 }),
      kind: fc.constantFrom(...KINDS),
      about: fc.integer({ min: 0, max: 9 }),
      sign: fc.constantFrom('👍', 'x'),
      removed: fc.boolean()
    }),
    { maxLength: 24 }
  )
  .map(all => all.map((script, number) => ({ ...script, number })))

/** A fold of messages that come in this order, and what it told. */
function folded(
  messages: readonly Readable[],
  fold?: (read: (id: MessageId) => Readable | undefined) => Fold
) {
  const kept = new Map<MessageId, Readable>()
  const read = (id: MessageId) => kept.get(id)
  const made = fold?.(read) ?? new Fold(read)
  const changes: Change[] = []
  for (const message of messages) {
    kept.set(message.id, message)
    changes.push(...made.add(message))
  }
  return { fold: made, kept, changes, view: () => viewOf(made, kept.keys()) }
}

/** All that people see. */
function viewOf(fold: Fold, ids: Iterable<MessageId>) {
  return [...ids].sort().flatMap(id => {
    const line = fold.line(id)
    const signs = fold.reactions(id).map(({ author, sign }) => `${author} ${sign}`)
    return line === undefined
      ? []
      : { id, text: line.text, edit: line.edit?.id, replyTo: line.replyTo, signs }
  })
}

/** The same by the definition, from the set of all messages. */
function viewByDefinition(all: readonly Script[]) {
  const byOrder = [...all].sort((a, b) => a.clock - b.clock || a.number - b.number)
  const isGone = (one: Script) =>
    all.some(
      ({ about, kind, nick }) => kind === KIND_DELETION && about === one.number && nick === one.nick
    )
  const living = byOrder.filter(one => !isGone(one))
  const lines = living.filter(({ kind }) => kind === KIND_TEXT || kind === KIND_REPLY)
  return lines
    .sort((a, b) => a.number - b.number)
    .map(line => {
      const about = living.filter(one => one.about === line.number)
      const edit = about.findLast(({ kind, nick }) => kind === KIND_EDIT && nick === line.nick)
      const last = new Map<string, Script>()
      for (const one of about)
        if (one.kind === KIND_REACTION) last.set(`${authorOf(one.nick)} ${one.sign}`, one)
      const put = [...last].filter(([, { removed }]) => !removed)
      const signs = put.sort(([, a], [, b]) => a.clock - b.clock || a.number - b.number)
      return {
        id: idOf(line.number),
        text: text(edit ?? line),
        edit: edit && idOf(edit.number),
        replyTo: line.kind === KIND_REPLY ? idOf(line.about) : undefined,
        signs: signs.map(([key]) => key)
      }
    })
}

/** What somebody shows who only hears of changes. */
function shownBy(changes: readonly Change[]) {
  const shown = new Map<MessageId, { text: string; signs: Set<string> }>()
  for (const change of changes) {
    if (change.type === 'line')
      shown.set(change.line.id, { text: change.line.text, signs: new Set() })
    if (change.type === 'edit')
      (shown.get(change.line.id) as { text: string }).text = change.line.text
    if (change.type === 'delete') shown.delete(change.about)
    if (change.type !== 'reaction') continue
    const { author, removed, sign } = change.reaction
    const signs = shown.get(change.about)?.signs
    if (removed) signs?.delete(`${author} ${sign}`)
    else signs?.add(`${author} ${sign}`)
  }
  return [...shown]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { signs, text }]) => ({ id, text, signs: [...signs].sort() }))
}

describe('any order of arrival', () => {
  const shuffled = scripts.chain(all =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
  )

  test('gives the view that the messages have by definition', () => {
    fc.assert(
      fc.property(shuffled, ([all, order]) => {
        expect(folded(order.map(readable)).view()).toEqual(viewByDefinition(all))
      }),
      { numRuns: 500 }
    )
  })

  test('tells whoever only hears of changes the same', () => {
    fc.assert(
      fc.property(shuffled, ([, order]) => {
        const { changes, view } = folded(order.map(readable))
        const wanted = view().map(({ id, signs, text }) => ({ id, text, signs: [...signs].sort() }))
        expect(shownBy(changes)).toEqual(wanted)
      }),
      { numRuns: 500 }
    )
  })

  test('messages that go leave the view of those that stay', () => {
    const going = shuffled.chain(([all, order]) =>
      fc.tuple(
        fc.constant(all),
        fc.constant(order),
        fc.subarray(all.filter(({ kind }) => kind !== KIND_DELETION))
      )
    )
    fc.assert(
      fc.property(going, ([all, order, gone]) => {
        const { fold, kept, view } = folded(order.map(readable))
        for (const one of gone.map(readable)) {
          kept.delete(one.id)
          fold.remove(one)
        }
        expect(view()).toEqual(viewByDefinition(all.filter(one => !gone.includes(one))))
      }),
      { numRuns: 500 }
    )
  })
})

const usual = { nick: 'ann', clock: 1, kind: KIND_TEXT, about: 0, sign: '👍', removed: false }
const line: Script = { ...usual, number: 0 }

describe('hostile', () => {
  test('edits and deletions by others change nothing', () => {
    const edit = { ...usual, number: 1, nick: 'eve', kind: KIND_EDIT, clock: 2 }
    const deletion = { ...usual, number: 2, nick: 'eve', kind: KIND_DELETION, clock: 2 }
    const { changes, view } = folded([line, edit, deletion].map(readable))
    expect(changes).toHaveLength(1)
    expect(view()).toMatchObject([{ text: 'text 0', edit: undefined }])
  })

  test('an edit of an edit, and a deletion of a deletion, change nothing', () => {
    const edit = { ...usual, number: 1, kind: KIND_EDIT, clock: 2 }
    const editOfEdit = { ...usual, number: 2, kind: KIND_EDIT, clock: 3, about: 1 }
    const deletion = { ...usual, number: 3, kind: KIND_DELETION, clock: 4 }
    const undone = { ...usual, number: 4, kind: KIND_DELETION, clock: 5, about: 3 }
    expect(folded([line, edit, editOfEdit].map(readable)).view()).toMatchObject([
      { text: 'text 1' }
    ])
    expect(folded([line, deletion, undone].map(readable)).view()).toEqual([])
  })

  test('30,000 reactions by one author cost the same each, and 16 of them are shown', () => {
    const many = Array.from({ length: 30_000 }, (_, n) => ({
      ...usual,
      number: n + 1,
      nick: 'eve',
      kind: KIND_REACTION,
      clock: n + 2,
      sign: `s${n}`
    }))
    const bens = { ...usual, number: 30_001, nick: 'ben', kind: KIND_REACTION, clock: 1 }
    const { fold } = folded([line, bens, ...many].map(readable))
    const shown = fold.reactions(idOf(0))
    expect(
      shown.filter(({ author }) => author === authorOf('eve')).map(({ sign }) => sign)
    ).toEqual(Array.from({ length: 16 }, (_, n) => `s${29_984 + n}`))
    expect(shown.some(({ author }) => author === authorOf('ben'))).toBe(true)
  })

  test('what was taken back before is not read for the next deletion', () => {
    const messages = [
      line,
      ...[1, 2].map(number => ({ ...usual, number, kind: KIND_DELETION, clock: 4 + number }))
    ].map(readable)
    const kept = new Map(messages.map(message => [message.id, message]))
    let reads = 0
    const read = (id: MessageId) => {
      reads += 1
      return kept.get(id)
    }
    const fold = new Fold(read, undefined, id => kept.get(id)?.author)
    for (const message of messages.slice(0, 2)) fold.add(message)
    const before = reads
    expect(fold.add(messages[2] as Readable)).toEqual([])
    expect(reads).toBe(before)
  })

  test('deletions of what is not there cannot push out those of others', () => {
    const deletions = new Deletions(64)
    deletions.add({ id: idOf(1), author: authorOf('ann'), clock: 1 }, [idOf(2)])
    for (let n = 0; n < 100; n++) {
      const targets = Array.from({ length: 64 }, (_, at) => idOf(1000 + 64 * n + at))
      deletions.add({ id: idOf(10 + n), author: authorOf('eve'), clock: 2 + n }, targets)
    }
    expect(deletions.has(idOf(2), authorOf('ann'))).toBe(true)
    expect(deletions.has(idOf(1000), authorOf('eve'))).toBe(false)
  })

  test('a body that cannot be read is no line, and nothing that is about it counts', () => {
    const broken = { ...readable(line), body: Uint8Array.of(200) }
    const edit = readable({ ...usual, number: 1, kind: KIND_EDIT, clock: 2 })
    expect(folded([edit, broken]).view()).toEqual([])
  })
})

test('folding a whole history gives its lines in the room order', () => {
  const edit = { ...usual, number: 1, kind: KIND_EDIT, clock: 9 }
  const other = { ...usual, number: 2, nick: 'ben', clock: 0 }
  expect(foldLines([line, edit, other].map(readable)).map(({ text }) => text)).toEqual([
    'text 2',
    'text 1'
  ])
})
