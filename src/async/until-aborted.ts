import { deferred } from './deferred.js'

/**
 * Calls back once when the signal fires; at once if it has fired already, of which a signal tells
 * no listener. Call what is returned when that no longer matters.
 */
export function onAborted(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act()
  else signal?.addEventListener('abort', act, { once: true })
  return () => signal?.removeEventListener('abort', act)
}

/**
 * Waits for a job, but no longer than until the signal fires; the job goes on. Rejects if the job
 * does before.
 */
export async function untilAborted(
  signal: AbortSignal | undefined,
  job: Promise<unknown>
): Promise<void> {
  const { promise, resolve } = deferred()
  const off = onAborted(signal, resolve)
  await Promise.race([job, promise]).finally(off)
}
