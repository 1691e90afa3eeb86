import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SayQueue } from '../../src/ui/say-queue.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function queue() {
  const said: string[] = []
  const told: number[] = []
  const room: number[] = []
  const all = new SayQueue({
    say: saying => said.push('text' in saying ? saying.text : saying.type),
    onfault: () => {},
    onwaiting: count => told.push(count),
    onroom: () => room.push(said.length)
  })
  return { all, said, told, room }
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`)

test('a few lines are said at once', () => {
  const { all, said, told } = queue()
  for (const line of numbers(300)) all.add(line)
  expect(said).toEqual(numbers(300))
  expect(told).toEqual([])
})

test('thousands are said in order, told of, and never faster than members take them', () => {
  const { all, said, told } = queue()
  for (const line of numbers(4_000)) all.add(line)
  // What members take of one author: 2,000 at once and 50 a second.
  let tokens = 2_000 - said.length
  for (let second = 0; said.length < 4_000; second += 1) {
    const before = said.length
    vi.advanceTimersByTime(1_000)
    tokens = Math.min(2_000, tokens + 50) - (said.length - before)
    expect(tokens).toBeGreaterThan(0)
    expect(second).toBeLessThan(100)
  }
  expect(said).toEqual(numbers(4_000))
  expect(told.length).toBeGreaterThan(4)
  expect(told).toEqual(told.toSorted((a, b) => b - a))
})

test('long texts are paced by their bytes: 1 MiB at once and 32 KiB a second are taken', () => {
  const { all, said } = queue()
  for (let n = 0; n < 300; n += 1) all.add('x'.repeat(8_192))
  let bytes = 1_048_576 - said.length * 8_192
  while (said.length < 300) {
    const before = said.length
    vi.advanceTimersByTime(1_000)
    bytes = Math.min(1_048_576, bytes + 32_768) - (said.length - before) * 8_192
    expect(bytes).toBeGreaterThan(0)
  }
})

test('a text that is too long for one message is said in parts, whole lines where it has some', () => {
  const { all, said } = queue()
  const lines = numbers(2_000).map(n => `line ${n}`)
  all.add(lines.join('\n'))
  expect(said.length).toBeGreaterThan(1)
  expect(said.join('\n').split('\n')).toEqual(lines)
  all.add(`${'漢'.repeat(6_000)}`)
  const parts = said.filter(text => text.startsWith('漢'))
  expect(parts.join('')).toBe('漢'.repeat(6_000))
  for (const part of said) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(8_192)
})

test('a queue that is full says so, and when it has room again', () => {
  const { all, room, said } = queue()
  for (const line of numbers(25_000)) all.add(line)
  expect(all.isFull).toBe(true)
  vi.advanceTimersByTime(200_000)
  expect(all.isFull).toBe(false)
  expect(room).toEqual([expect.any(Number)])
  expect(said.length).toBeGreaterThan(5_000)
})

test('at the end it is known how many were not said, and nothing is said after it', () => {
  const { all, said } = queue()
  for (const line of numbers(4_000)) all.add(line)
  const count = said.length
  expect(all.end()).toBe(4_000 - count)
  vi.advanceTimersByTime(100_000)
  expect(said).toHaveLength(count)
})
