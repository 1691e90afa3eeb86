/** Leaving may take this many milliseconds; then the process ends, whatever is left. */
export const LEAVING_TIME = 1800

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Fires at the first SIGINT, SIGTERM or SIGHUP from now on, or when nobody reads our output any more. From then the
 * process has `leavingTime` ms to end by itself and exits 0 otherwise; a second signal ends it at once.
 */
export function interruptSignal(leavingTime = LEAVING_TIME): AbortSignal {
  const controller = new AbortController()
  const onsignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(exitCodeOf(signal))
    setTimeout(() => process.exit(0), leavingTime).unref()
    controller.abort()
  }
  for (const signal of SIGNALS) process.on(signal, onsignal)
  process.stdout.on('error', () => {
    if (!controller.signal.aborted) onsignal('SIGHUP')
  })
  return controller.signal
}

/** Resolves when the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

// What shells give for a process that a signal ended.
function exitCodeOf(signal: NodeJS.Signals): number {
  return signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 129
}
