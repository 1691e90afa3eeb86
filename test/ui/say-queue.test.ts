import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import { SayQueue, type SayQueueParts } from '../../src/ui/say-queue.js'
import { settled } from './fake-room.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function queue({
  written = async () => {},
  isAlone = () => false
}: Partial<Pick<SayQueueParts, 'isAlone' | 'written'>> = {}) {
  const said: string[] = []
  const told: number[] = []
  const room: number[] = []
  const all = new SayQueue({
    say: saying => said.push('text' in saying ? saying.text : saying.type),
    written,
    isAlone,
    onfault: () => {},
    onwaiting: count => told.push(count),
    onroom: () => room.push(said.length)
  })
  return { all, said, told, room }
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`)

/** Lets so many ms pass, and what is due be said. */
async function pass(millis: number, said: readonly string[]): Promise<void> {
  vi.advanceTimersByTime(millis)
  await settled(said)
}

/** Says them all, and is with a member that has limits: what is left of what it takes, at worst, is over 0. */
async function paced(texts: readonly string[], bytesOf: (text: string) => number) {
  const { all, said, told } = queue()
  for (const text of texts) all.add(text)
  await settled(said)
  let [heard, messages, bytes] = [0, 2_000, 1_048_576]
  for (let second = 0; heard < texts.length; second += 1) {
    messages = Math.min(2_000, messages + 50) - (said.length - heard)
    bytes = Math.min(1_048_576, bytes + 32_768)
    for (const text of said.slice(heard)) bytes -= bytesOf(text)
    expect(messages).toBeGreaterThan(0)
    expect(bytes).toBeGreaterThan(0)
    expect(second).toBeLessThan(150)
    heard = said.length
    await pass(1_000, said)
  }
  expect(said).toEqual(texts)
  return told
}

test('a few lines are said at once', async () => {
  const { all, said, told } = queue()
  for (const line of numbers(300)) all.add(line)
  await settled(said)
  expect(said).toEqual(numbers(300))
  expect(told).toEqual([])
})

test('of a flood no more is said than some lines before those are on the disk', async () => {
  const written: (() => void)[] = []
  const { all, said } = queue({ written: () => new Promise(resolve => written.push(resolve)) })
  for (const line of numbers(1_000)) all.add(line)
  await settled(said)
  for (let slice = 1; slice <= 5; slice += 1) {
    expect(said).toHaveLength(200 * slice)
    written.shift()?.()
    await pass(1_000, said)
  }
  expect(written).toEqual([])
})

test('while some of a flood is being written, the end is the end', async () => {
  const written: (() => void)[] = []
  const { all, said } = queue({ written: () => new Promise(resolve => written.push(resolve)) })
  for (const line of numbers(1_000)) all.add(line)
  expect(all.end()).toBe(800)
  written.shift()?.()
  await settled(said)
  all.add('more')
  await pass(60_000, said)
  expect(said).toHaveLength(200)
  expect(all.isEmpty).toBe(true)
})

test('is full by the texts of subjects, cards and signs, too', () => {
  const { all } = queue({ written: () => new Promise(() => {}) })
  for (const line of numbers(200)) all.add(line)
  const long = 'x'.repeat(1_048_576)
  all.put({ type: 'subject', subject: long })
  all.put({ type: 'card', title: long, description: '', rules: long })
  expect(all.isFull).toBe(false)
  all.put({ type: 'react', id: 'a' as MessageId, emoji: long, removed: false })
  expect(all.isFull).toBe(true)
})

test('what only waits for the disk is said at the end', async () => {
  const { all, said } = queue({ written: () => new Promise(() => {}) })
  for (const line of numbers(210)) all.add(line)
  expect(said).toHaveLength(200)
  expect(all.end()).toBe(0)
  expect(said).toEqual(numbers(210))
})

test('thousands are said in order, told of, and never faster than members take them', async () => {
  const told = await paced(numbers(4_000), text => text.length + 277)
  expect(told.length).toBeGreaterThan(4)
  expect(told).toEqual(told.toSorted((a, b) => b - a))
})

test.each([600, 2_000])(
  'of texts of %i bytes, what seals them counts: members take 1 MiB at once and 32 KiB a second',
  async length => {
    const texts = Array.from({ length: 2_000_000 / length }, (_, at) => `${at}`.padEnd(length))
    await paced(texts, text => text.length + 277)
  }
)

test('where nobody is who could take too much, thousands take seconds', async () => {
  const { all, said } = queue({ isAlone: () => true })
  for (const line of numbers(10_000)) all.add(line)
  await pass(5_000, said)
  expect(said).toEqual(numbers(10_000))
})

test('a text that is too long for one message is said in parts, whole lines where it has some', async () => {
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

test('a queue that is full says so, and when it has room again', async () => {
  const { all, room, said } = queue({ isAlone: () => true })
  for (const line of numbers(25_000)) all.add(line)
  expect(all.isFull).toBe(true)
  await settled(said)
  expect(all.isFull).toBe(false)
  expect(room).toEqual([expect.any(Number)])
  expect(said.length).toBeGreaterThan(5_000)
})

test('at the end it is known how many were not said, and nothing is said after it', async () => {
  const { all, said } = queue()
  for (const line of numbers(4_000)) all.add(line)
  await settled(said)
  const count = said.length
  expect(all.end()).toBe(4_000 - count)
  await pass(100_000, said)
  expect(said).toHaveLength(count)
})
