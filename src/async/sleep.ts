import { setTimeout as sleep } from 'node:timers/promises'

/** Waits; ends early, without an error, when the signal fires. Keeps no process alive. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { ref: false, signal }).catch(ignoreAbort)
}

/**
 * How long to wait after so many failures in a row (1: the first): doubles from `first` to at most `longest`
 * milliseconds, and a random half of it goes, so that many who failed together do not come back together.
 */
export function backoff(failures: number, first: number, longest: number): number {
  const full = Math.min(longest, first * 2 ** Math.min(failures - 1, 30))
  return full * (0.5 + Math.random() / 2)
}

function ignoreAbort(): void {}
