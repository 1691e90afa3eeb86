import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import dice from '../../examples/dice.js'
import karma from '../../examples/karma.js'
import poll from '../../examples/poll.js'
import remind from '../../examples/remind.js'
import { createTestRoom } from '../../src/testing/index.js'

test('dice: rolls within the dice that were asked for, and explains itself', async () => {
  const room = await createTestRoom({ members: ['ana'], bots: { dice } })
  await room.say('ana', '/roll 3d6+2')
  await room.say('ana', '/roll')
  await room.say('ana', '/roll 0d6')
  const [three, one, none] = room.transcript().filter(line => line.startsWith('dice:'))
  const sum = Number(/^dice: ana: (\d+) \(\d \+ \d \+ \d\)$/.exec(three ?? '')?.[1])
  expect(sum).toBeGreaterThanOrEqual(5)
  expect(sum).toBeLessThanOrEqual(20)
  expect(one).toMatch(/^dice: ana: [1-6]$/)
  expect(none).toMatch(/for example/)
})

test('poll: one vote each, receipts, survives a restart, closed by its owner only', async () => {
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { poll } })
  await room.say('ana', '/poll "Pizza today?" yes no')
  expect(room.transcript().at(-1)).toBe(
    'poll: ana asks: Pizza today?\n1: yes\n2: no\nAnswer with /vote 1'
  )
  await room.say('ana', '/vote 1')
  await room.restart('poll')
  await room.say('ben', '/vote 1')
  await room.say('ben', '/vote 2')
  await room.say('ben', '/vote 9')
  await room.say('ben', '/close')
  expect(room.transcript().at(-1)).toMatch(/only who asked/)
  await room.advance('5s')
  await room.say('ana', '/close')
  expect(room.transcript().at(-1)).toBe('poll: Pizza today? (seen by 2 of 2)\nyes: 1\nno: 1')
  await room.say('ana', '/results')
  expect(room.transcript().at(-1)).toBe('poll: ana: no poll')
})

test('karma: counts for others, keeps it, lists the best', async () => {
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { karma } })
  await room.say('ana', 'thanks, ben++ and cleo++, but ana++')
  await room.say('ben', 'Ben-- c++ is a language, and cleo++.')
  await room.restart('karma')
  await room.say('ana', '/karma')
  expect(room.transcript().filter(line => line.startsWith('karma:'))).toEqual([
    'karma: ben: 1',
    'karma: cleo: 1',
    'karma: ana: not your own',
    'karma: ben: not your own',
    'karma: c: 1',
    'karma: cleo: 2',
    'karma: cleo: 2, ben: 1, c: 1'
  ])
})

test('remind: once, every Monday, and what was due while the bot was away', async () => {
  const start = Date.UTC(2024, 0, 3, 12)
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { remind }, start })
  await room.say('ana', '/remind 10m the tea is ready')
  await room.advance('9m')
  expect(room.transcript().at(-1)).toMatch(/reminder 1 is set for 2024-01-03T12:10Z/)
  await room.advance('2m')
  expect(room.transcript().at(-1)).toBe('remind: ana: the tea is ready')
  await room.say('ben', '/remind "0 9 * * 1" standup')
  await room.say('ben', '/forget 1')
  expect(room.transcript().at(-1)).toMatch(/no such reminder/)
  await room.restart('remind')
  await room.say('ben', '/reminders')
  expect(room.transcript().at(-1)).toBe('remind: ben: 2: standup')
  await room.say('ben', '/remind soon tea')
  expect(room.transcript().at(-1)).toMatch(/when\?/)
  await room.advance('6d')
  expect(room.transcript().filter(line => line === 'remind: ben: standup')).toHaveLength(1)
})

describe('logger', () => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  beforeEach(() => {
    vi.resetModules()
    vi.stubEnv('LOG_FILE', join(directory, 'x.log'))
    vi.stubEnv('LOG_BYTES', '600')
    vi.stubEnv('LOG_KEEP', '2')
  })
  afterEach(() => vi.unstubAllEnvs())

  test('appends what happens and rotates', async () => {
    const { default: logger } = await import('../../examples/logger.js')
    const room = await createTestRoom({ members: ['ana'], bots: { logger } })
    for (let i = 0; i < 9; i += 1) await room.say('ana', `line ${i}`)
    await room.close()
    expect(readdirSync(directory).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2'])
    const entries = ['x.log.2', 'x.log.1', 'x.log'].flatMap(file =>
      readFileSync(join(directory, file), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    )
    const texts = entries.filter(({ type }) => type === 'message').map(({ text }) => text)
    expect(texts.at(-1)).toBe('line 8')
    expect(texts).toEqual([...texts].sort())
  })

  test('writes each room into a file of its own', async () => {
    vi.unstubAllEnvs()
    const cwd = process.cwd()
    const here = mkdtempSync(join(tmpdir(), 'swarmchat-'))
    process.chdir(here)
    try {
      const { default: logger } = await import('../../examples/logger.js')
      const long = '😀'.repeat(64)
      for (const name of ['a_b', 'a/b', 'a b', '..', long]) {
        const room = await createTestRoom({ name, members: ['ana'], bots: { logger } })
        await room.say('ana', name)
        await room.close()
      }
    } finally {
      process.chdir(cwd)
    }
    const files = readdirSync(here)
    expect(files).toHaveLength(5)
    expect(files).toContain('a_b.log')
    for (const file of files) {
      const lines = readFileSync(join(here, file), 'utf8').split('\n').filter(Boolean)
      expect(
        new Set(lines.map(line => JSON.parse(line)).flatMap(({ text }) => text ?? [])).size
      ).toBe(1)
    }
  })
})
