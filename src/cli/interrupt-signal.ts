import { standardStreams } from './streams.js'

/** Leaving may take this many milliseconds; then the process ends, whatever is left. */
export const LEAVING_TIME = 1800

/** What shells give for a process that a signal ended: 128 and the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
/** That the command line was wrong is said by its own exit code. */
const BAD_INPUT = 2
type Ending = keyof typeof EXIT_CODES
const ENDINGS = Object.keys(EXIT_CODES) as Ending[]

/** How a process is to end when it is interrupted. */
export interface InterruptOptions {
  /** Default {@link LEAVING_TIME}. */
  readonly leavingTime?: number
  /**
   * True for a command that has something to do and then ends: a signal cuts that short, and the exit code says so. One
   * that goes on until it is interrupted ends with 0. Default false.
   */
  readonly isJob?: boolean
}

/** What ends a process before it ends by itself. */
export interface Interruption {
  readonly signal: AbortSignal
  /** How a command ends that would have ended with this code. */
  exitCode(code: number): number
}

/**
 * The signal fires at the first SIGINT, SIGTERM or SIGHUP from now on, or when nobody sees our output any more. From then
 * the process has `leavingTime` ms to end by itself, and is ended otherwise; a second SIGINT or SIGTERM ends it at once
 * (no second SIGHUP: a closed terminal sends it, and the shell in it sends it once more).
 */
export function listenForInterruption(options: InterruptOptions = {}): Interruption {
  const { isJob = false, leavingTime = LEAVING_TIME } = options
  const controller = new AbortController()
  let first: Ending | undefined
  const exitCode = (code: number) => {
    if (isJob && first !== undefined && code < BAD_INPUT) return EXIT_CODES[first]
    return standardStreams.exitCode(code)
  }
  const leave = () => {
    if (controller.signal.aborted) return
    setTimeout(() => process.exit(exitCode(0)), leavingTime).unref()
    controller.abort()
  }
  const onsignal = (name: Ending) => {
    if (controller.signal.aborted && name !== 'SIGHUP') process.exit(EXIT_CODES[name])
    first ??= name
    leave()
  }
  for (const name of ENDINGS) process.on(name, () => onsignal(name))
  const { lost } = standardStreams
  if (lost.aborted) leave()
  else lost.addEventListener('abort', leave, { once: true })
  return { signal: controller.signal, exitCode }
}

/** Resolves when the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
