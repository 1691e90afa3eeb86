import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { inTime } from '../../src/store/patience.js'

/** Looks that end when they are told to. */
function looks() {
  const waiting: (() => void)[] = []
  const look = (written: Promise<void>) =>
    Promise.race([written, new Promise<void>(resolve => void waiting.push(resolve))])
  const pass = async (count: number) => {
    for (let n = 0; n < count; n++) {
      waiting.pop()?.()
      await setImmediate()
    }
  }
  return { look, pass }
}

test('a write has ten looks, however late they come', async () => {
  const { look, pass } = looks()
  const write = deferred()
  const waiting = inTime(write.promise, look)
  await pass(9)
  write.resolve()
  await expect(waiting).resolves.toBeUndefined()
})

test('who has not written by then is too slow', async () => {
  const { look, pass } = looks()
  const waiting = inTime(deferred().promise, look)
  await Promise.all([expect(waiting).rejects.toThrow('too slow'), pass(10)])
})

test('a write that fails says so at once', async () => {
  await expect(inTime(Promise.reject(new Error('full')), looks().look)).rejects.toThrow('full')
})
