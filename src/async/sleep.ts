import { setTimeout as delay } from 'node:timers/promises'

/** Waits; ends early, without an error, when the signal fires. Keeps no process alive. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { ref: false, signal }).catch(ignoreAbort)
}

function ignoreAbort(): void {}
