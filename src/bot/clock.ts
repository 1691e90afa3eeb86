import { MAX_TIMER_MILLIS, type Millis } from '../base/time.js'

/** Everything about time that a bot uses: an argument, so that tests bring a clock of their own. */
export interface BotClock {
  /** Milliseconds since 1970. */
  now(): Millis
  /** Runs something once, so many milliseconds from now; gives what calls it off. */
  after(millis: Millis, run: () => void): () => void
  /** Told when a handler begins and ends to wait for time to pass, where the clock wants to know. */
  readonly onsleep?: (sleepers: 1 | -1) => void
}

/** The computer's clock. */
export const systemClock: BotClock = { now: Date.now, after: startTimer }

function startTimer(millis: Millis, run: () => void): () => void {
  let rest = Math.max(0, millis)
  let timer: NodeJS.Timeout
  const wait = () => {
    const part = Math.min(rest, MAX_TIMER_MILLIS)
    rest -= part
    timer = setTimeout(() => (rest > 0 ? wait() : run()), part)
  }
  wait()
  return () => clearTimeout(timer)
}

/** Resolves after so many milliseconds on that clock; rejects with the signal's reason where it fires before. */
export function sleepOn(clock: BotClock, millis: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    clock.onsleep?.(1)
    const onabort = () => {
      cancel()
      clock.onsleep?.(-1)
      reject(signal.reason)
    }
    const cancel = clock.after(millis, () => {
      signal.removeEventListener('abort', onabort)
      clock.onsleep?.(-1)
      resolve()
    })
    signal.addEventListener('abort', onabort, { once: true })
  })
}
