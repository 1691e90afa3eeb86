import { describe, expect, test } from 'vitest'
import {
  INSTANCE_BYTES,
  MAX_COMMANDS,
  MAX_PRESENCE_BODY_BYTES
} from '../../../../src/protocol/config.js'
import {
  commandNames,
  decodePresenceBody,
  encodePresenceBody,
  type PresenceBody
} from '../../../../src/protocol/wire/bodies/presence.js'
import { deviceOf, INSTANCE } from '../../../support/harness.js'

const relay = deviceOf('relay') as unknown as NonNullable<PresenceBody['relay']>
const instance = new Uint8Array(INSTANCE_BYTES).fill(7)

function presence(more: Partial<PresenceBody> = {}): PresenceBody {
  const ours = { leaving: false, bot: true, routine: false, interval: 10_000, nick: 'dice' }
  return { device: deviceOf('dice'), instance: INSTANCE, ...ours, ...more }
}

/** The body with these bytes after the nick, and these flags. */
function crafted(flags: number, ...tail: number[]): Uint8Array {
  const bytes = Uint8Array.of(...encodePresenceBody(presence()), ...tail)
  bytes[40] = flags
  return bytes
}

describe('the body of a presence', () => {
  test.each([
    ['an instance', { instance }],
    ['commands', { commands: ['roll', 'würfle', 'a-b_c'] }],
    ['the time when the nick was chosen', { nickSince: 1_720_000_000_000 }],
    ['a nick that nobody chose', { nickSince: 0 }],
    ['a digest of the heads', { headsDigest: instance }],
    [
      'all that there is',
      { relay, instance, commands: ['roll'], nickSince: 7, leaving: true, headsDigest: instance }
    ]
  ])('with %s is read back, with what a later version adds, and not if cut short', (_, more) => {
    const bytes = encodePresenceBody(presence(more))
    expect(decodePresenceBody(bytes)).toEqual(presence(more))
    expect(decodePresenceBody(Uint8Array.of(...bytes, 9, 9))).toEqual(presence(more))
    for (let end = 0; end < bytes.length; end++)
      expect(decodePresenceBody(bytes.subarray(0, end))).toBeUndefined()
  })

  test('is as it was where there is nothing to add', () => {
    expect(encodePresenceBody(presence({ commands: [] }))).toEqual(encodePresenceBody(presence()))
  })

  test('names commands in lower case, each once, and only those that can be typed', () => {
    const names = ['Roll', 'roll', '', 'a b', 'x'.repeat(33), 'ü'.repeat(17), '\u001b[1m', 'ok']
    expect(commandNames(names)).toEqual(['roll', 'ok'])
    const bytes = encodePresenceBody(presence({ commands: names }))
    expect(decodePresenceBody(bytes)?.commands).toEqual(['roll', 'ok'])
    expect(commandNames(Array.from({ length: 99 }, (_, n) => `c${n}`))).toHaveLength(MAX_COMMANDS)
  })

  test('is cut to 512 bytes, the last command first', () => {
    const commands = Array.from({ length: 32 }, (_, n) => `${n}`.padStart(32, 'x'))
    const bytes = encodePresenceBody(
      presence({ nick: 'n'.repeat(64), relay, instance, commands, nickSince: 7 })
    )
    expect(bytes.byteLength).toBeLessThanOrEqual(MAX_PRESENCE_BODY_BYTES)
    expect(bytes.byteLength).toBeGreaterThan(MAX_PRESENCE_BODY_BYTES - 33)
    const read = decodePresenceBody(bytes)
    expect(read?.commands).toEqual(commands.slice(0, read?.commands?.length))
  })

  test('of more than 512 bytes is none', () => {
    const filler = Array<number>(MAX_PRESENCE_BODY_BYTES - crafted(2).length).fill(0)
    expect(decodePresenceBody(crafted(2, ...filler))).toBeDefined()
    expect(decodePresenceBody(crafted(2, ...filler, 0))).toBeUndefined()
  })

  test('is none with more commands than 32, or a longer one than 32 bytes', () => {
    const letters = Array<number>(33).fill(97)
    expect(decodePresenceBody(crafted(2 + 16, 32, ...Array(32).fill([1, 97]).flat()))).toBeDefined()
    expect(
      decodePresenceBody(crafted(2 + 16, 33, ...Array(33).fill([1, 97]).flat()))
    ).toBeUndefined()
    expect(decodePresenceBody(crafted(2 + 16, 1, 32, ...letters))).toBeDefined()
    expect(decodePresenceBody(crafted(2 + 16, 1, 33, ...letters))).toBeUndefined()
  })

  test('loses commands that nobody can type, and keeps the others', () => {
    const [a, upper, blank, broken] = [97, 65, 32, 0xff]
    const bytes = crafted(2 + 16, 5, 1, a, 1, upper, 1, blank, 1, broken, 0)
    expect(decodePresenceBody(bytes)?.commands).toEqual(['a'])
  })
})
