import { afterEach, describe, expect, it, vi } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { Backlog } from '../../../src/bot/backlog.js'
import type { BotClock } from '../../../src/bot/clock.js'
import { slowScript } from '../../../src/bot/errors.js'
import { logTo } from '../../../src/bot/log.js'
import type { Ending, Host } from '../../../src/bot/runner/host.js'
import { Supervisor } from '../../../src/bot/runner/supervisor.js'
import { fakeSlot } from './fake-slot.js'

afterEach(() => {
  vi.restoreAllMocks()
})

class FakeHost implements Host {
  readonly pace = undefined
  readonly commands = undefined
  readonly stops: number[] = []
  readonly ended: Promise<Ending>
  end: (ending: Ending) => void = () => {}
  /** What `dispatch` gives. */
  handling: Promise<boolean> = Promise.resolve(true)

  constructor() {
    this.ended = new Promise(resolve => {
      this.end = resolve
    })
  }

  enter(): void {}

  dispatch(): Promise<boolean> {
    return this.handling
  }

  async stop(grace: number): Promise<void> {
    this.stops.push(grace)
  }
}

/** A clock on which every pause is over at once. */
function quickClock() {
  const pauses: number[] = []
  const clock: BotClock = {
    now: () => 0,
    after: (millis, run) => {
      pauses.push(millis)
      setImmediate(run)
      return () => {}
    }
  }
  return { clock, pauses }
}

const turn = () => new Promise(setImmediate)

function supervise(load: (signal: AbortSignal) => Promise<Host>, { stillborn = 0 } = {}) {
  const { clock, pauses } = quickClock()
  const log = logTo(() => {})
  const supervisor = new Supervisor({ load, clock, log, grace: 5_000, stillborn })
  const backlog = new Backlog(log)
  const { slot } = fakeSlot()
  const enter = () => supervisor.enter([{ slot, backlog, isReady: () => false }])
  return { supervisor, enter, backlog, pauses }
}

describe('after a crash', () => {
  it('the pause doubles up to a minute, half of it by chance, and begins anew after a good run', async () => {
    const hosts: FakeHost[] = []
    const { enter, pauses, supervisor } = supervise(async () => {
      hosts.push(new FakeHost())
      return hosts.at(-1) as FakeHost
    })
    await supervisor.load()
    enter()
    for (let crash = 1; crash <= 8; crash += 1) {
      hosts.at(-1)?.end({ type: 'crash', reason: 'oops' })
      while (hosts.length <= crash) await turn()
      await turn()
    }
    const full = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeLessThanOrEqual(full[index] ?? 0)
      expect(pause).toBeGreaterThanOrEqual((full[index] ?? 0) / 2)
    }
    expect(pauses).toHaveLength(8)
    const now = performance.now()
    vi.spyOn(performance, 'now').mockReturnValue(now + 61_000)
    hosts.at(-1)?.end({ type: 'crash', reason: 'oops' })
    while (hosts.length <= 9) await turn()
    expect(pauses.at(-1)).toBeLessThanOrEqual(1_000)
  })
})

describe('the first start', () => {
  it('is tried again if it was only slow', async () => {
    const host = new FakeHost()
    const tries = [() => Promise.reject(slowScript(1)), async () => host]
    const { pauses, supervisor } = supervise(() => tries.shift()?.() ?? Promise.reject())
    await supervisor.load()
    expect(pauses).toHaveLength(1)
  })

  it('is not tried again if the code cannot run', async () => {
    const { pauses, supervisor } = supervise(() => Promise.reject(new Error('broken')))
    await expect(supervisor.load()).rejects.toThrow('broken')
    expect(pauses).toEqual([])
  })

  it.each([
    { hasActed: false, starts: 1 },
    { hasActed: true, starts: 2 }
  ])(
    'is the last of code that crashes at once, unless it acted: %j',
    async ({ hasActed, starts }) => {
      const hosts: FakeHost[] = []
      const load = async () => hosts[hosts.push(new FakeHost()) - 1] as FakeHost
      const { enter, supervisor } = supervise(load, { stillborn: 5_000 })
      await supervisor.load()
      enter()
      hosts[0]?.end({ type: 'crash', reason: 'oops', hasActed })
      if (hasActed) while (hosts.length < starts) await turn()
      else await expect(supervisor.failed).rejects.toMatchObject({ code: 'BAD_PROGRAM' })
      expect(hosts).toHaveLength(starts)
    }
  )

  it('ends when the bot is to stop', async () => {
    const { supervisor } = supervise(
      signal =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    )
    const loading = supervisor.load()
    loading.catch(() => {})
    await supervisor.stop()
    await expect(loading).rejects.toThrow()
  })
})

it('a stop during a reload waits for one version only, and starts no other', async () => {
  const [old, next] = [new FakeHost(), new FakeHost()]
  const hosts = [old, next]
  const { enter, backlog, supervisor } = supervise(async () => hosts.shift() as FakeHost)
  await supervisor.load()
  enter()
  // A handler that goes on until its host is stopped.
  const handling = deferred<boolean>()
  old.handling = handling.promise
  old.stop = async grace => {
    old.stops.push(grace)
    handling.resolve(true)
  }
  backlog.push({ type: 'start' })
  const reloading = supervisor.reload()
  while (hosts.length > 0) await turn()
  await supervisor.stop()
  await reloading
  expect(old.stops).toEqual([5_000])
  expect(next.stops).toEqual([0])
})
