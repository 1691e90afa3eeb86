import { standardStreams } from './streams.js'

/** Leaving may take this many milliseconds; then the process ends, whatever is left. */
export const LEAVING_TIME = 1800

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
/**
 * The exit code where this comes second: what shells give for a process that it ended. Not SIGHUP: a closed terminal
 * sends it, and the shell in it sends it once more.
 */
const SECOND: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 }

/**
 * Fires at the first SIGINT, SIGTERM or SIGHUP from now on, or when nobody sees our output any more. From then the
 * process has `leavingTime` ms to end by itself, and is ended otherwise; a second SIGINT or SIGTERM ends it at once.
 */
export function interruptSignal(leavingTime = LEAVING_TIME): AbortSignal {
  const controller = new AbortController()
  const leave = () => {
    if (controller.signal.aborted) return
    setTimeout(() => process.exit(standardStreams.exitCode(0)), leavingTime).unref()
    controller.abort()
  }
  const onsignal = (signal: NodeJS.Signals) => {
    const code = SECOND[signal]
    if (controller.signal.aborted && code !== undefined) process.exit(code)
    leave()
  }
  for (const signal of SIGNALS) process.on(signal, onsignal)
  const { lost } = standardStreams
  if (lost.aborted) leave()
  else lost.addEventListener('abort', leave, { once: true })
  return controller.signal
}

/** Resolves when the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
