import { describe, expect, test, vi } from 'vitest'
import { atMost } from '../../src/async/at-most.js'
import { onAborted, untilAborted } from '../../src/async/until-aborted.js'

const never = new Promise<never>(() => {})

/** A signal, and how many listeners it has. */
function counted() {
  const controller = new AbortController()
  let listeners = 0
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  vi.spyOn(signal, 'addEventListener').mockImplementation((...args: Parameters<typeof add>) => {
    listeners += 1
    add(...args)
  })
  vi.spyOn(signal, 'removeEventListener').mockImplementation(
    (...args: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...args)
    }
  )
  return { controller, signal, listeners: () => listeners }
}

describe('untilAborted', () => {
  test('ends with the job, and leaves no listener behind', async () => {
    const { listeners, signal } = counted()
    await untilAborted(signal, Promise.resolve())
    expect(listeners()).toBe(0)
  })

  test('ends when the signal fires', async () => {
    const { controller, signal } = counted()
    const ended = untilAborted(signal, never)
    controller.abort()
    await ended
  })

  test('ends at once if the signal has fired before', async () => {
    await untilAborted(AbortSignal.abort(), never)
  })

  test('waits for the job alone without a signal', async () => {
    await untilAborted(undefined, Promise.resolve())
  })

  test('rejects if the job does', async () => {
    const failed = Promise.reject(new Error('no'))
    await expect(untilAborted(new AbortController().signal, failed)).rejects.toThrow('no')
  })
})

test('a job with a deadline that is interrupted leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter(type => type === 'Timeout').length
  const before = timers()
  const { controller, signal } = counted()
  const ended = atMost(3_600_000, untilAborted(signal, never))
  expect(timers()).toBe(before + 1)
  controller.abort()
  await ended
  expect(timers()).toBe(before)
})

describe('onAborted', () => {
  test('calls back once, now or later, and not after it was called off', () => {
    const controller = new AbortController()
    const [early, late, off] = [vi.fn(), vi.fn(), vi.fn()]
    onAborted(controller.signal, early)
    onAborted(controller.signal, off)()
    controller.abort()
    onAborted(controller.signal, late)
    expect([early, late, off].map(act => act.mock.calls.length)).toEqual([1, 1, 0])
  })
})
