import { expect, test } from 'vitest'
import { JobQueue } from '../../src/ui/job-queue.js'

const nextTurn = () => new Promise(setImmediate)

/** A queue that does three jobs in a turn, and what was done. */
function queue() {
  const done: number[] = []
  const jobs = new JobQueue(3)
  const put = (from: number, to: number) => {
    for (let n = from; n <= to; n += 1) jobs.do(() => done.push(n))
  }
  return { done, jobs, put }
}

test('a few jobs are done at once, and many in order, so many between two looks outside', async () => {
  const { done, put } = queue()
  put(1, 8)
  expect(done).toEqual([1, 2, 3])
  const counts: number[] = []
  while (done.length < 10) {
    const before = done.length
    await nextTurn()
    counts.push(done.length - before)
    if (done.length === 6) put(9, 10)
  }
  expect(Math.max(...counts)).toBe(3)
  expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  await nextTurn()
  put(11, 13)
  expect(done).toHaveLength(13)
})

test('what waits at the end is done then', async () => {
  const { done, jobs, put } = queue()
  put(1, 8)
  jobs.end()
  expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  await nextTurn()
  expect(done).toHaveLength(8)
})

test('no more wait than there is room for', () => {
  const { done, put } = queue()
  put(1, 30_000)
  expect(done.length).toBeGreaterThanOrEqual(30_000 - 20_000)
  expect(done).toEqual(done.map((_, at) => at + 1))
})
