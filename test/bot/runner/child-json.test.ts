import { describe, expect, it } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { type ChildFilter, updateJson } from '../../../src/bot/runner/child-json.js'
import type { Update } from '../../../src/bot/updates.js'
import { fakeSlot } from './fake-slot.js'

const ana = 'a'.repeat(64) as IdentityKey
const ben = 'b'.repeat(64) as IdentityKey

interface Said {
  readonly by: IdentityKey
  readonly text?: string
  readonly isBot?: boolean
  readonly history?: boolean
}

function isHeard({ by, history = false, isBot = false, text = 'hi' }: Said, filter: ChildFilter) {
  const author = { identity: by, nick: 'x', isBot }
  const id = 'c'.repeat(64) as MessageId
  const update: Update = { type: 'message', message: { id, text, time: 1, history, author } }
  return updateJson(update, fakeSlot().slot, filter) !== undefined
}

describe('a program hears', () => {
  const all: ChildFilter = { bots: false, allow: undefined }

  it('everybody who speaks now', () => {
    expect(isHeard({ by: ana }, all)).toBe(true)
    expect(isHeard({ by: ana, history: true }, all)).toBe(false)
  })

  it('those whom --allow names, and nobody else, whatever they call themselves', () => {
    const onlyAna: ChildFilter = { bots: true, allow: [ana] }
    expect(isHeard({ by: ana }, onlyAna)).toBe(true)
    expect(isHeard({ by: ben }, onlyAna)).toBe(false)
    expect(isHeard({ by: ben, text: 'bot: hi' }, onlyAna)).toBe(false)
    expect(isHeard({ by: ben, isBot: true }, onlyAna)).toBe(false)
    expect(isHeard({ by: ana, history: true }, onlyAna)).toBe(false)
  })

  it('nobody if the list is empty', () => {
    expect(isHeard({ by: ana }, { bots: true, allow: [] })).toBe(false)
  })

  it('other bots that address it, or all of them with --bots', () => {
    expect(isHeard({ by: ben, isBot: true }, all)).toBe(false)
    expect(isHeard({ by: ben, isBot: true, text: 'bot: hi' }, all)).toBe(true)
    expect(isHeard({ by: ben, isBot: true }, { ...all, bots: true })).toBe(true)
  })
})
