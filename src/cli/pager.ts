import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What there is nearly everywhere. */
const LESS = 'less'
/** What a shell says of a command that is not there, or is none. */
const NO_COMMAND: readonly unknown[] = [126, 127]

/** Who shows what. */
export interface PagerOptions {
  /** Where PAGER and LESS are looked up. Default: that of the process. */
  readonly env?: NodeJS.ProcessEnv | undefined
}

/**
 * Shows a text page by page on the terminal that standard output is, the last page first, and resolves when the person has
 * seen enough: with `PAGER`, else with less. False where there is neither: then nothing was shown.
 */
export async function page(
  text: string,
  { env = process.env }: PagerOptions = {}
): Promise<boolean> {
  const { PAGER } = env
  if (PAGER === '' || PAGER === 'cat') return false
  // F: what fits the window is left there; R: colours; X: nothing is wiped out at the end. As git does it.
  const stdio: ['pipe', 'inherit', 'inherit'] = ['pipe', 'inherit', 'inherit']
  const options = { env: { LESS: 'FRX', ...env }, stdio }
  const child =
    PAGER === undefined
      ? spawn(LESS, ['-R', '+G'], options)
      : spawn(PAGER, { ...options, shell: true })
  child.stdin.on('error', () => {})
  child.stdin.end(text)
  return withoutCtrlC(async () => {
    try {
      const [code] = await once(child, 'close')
      return !NO_COMMAND.includes(code)
    } catch {
      return false
    }
  })
}

/** True for lines that a window of this size shows at once: they need no pager. Counted as if no character were wide. */
export function fitsWindow(
  lines: readonly string[],
  { columns, rows }: { readonly columns: number; readonly rows: number }
): boolean {
  let taken = 0
  for (const { length } of lines) taken += Math.max(1, Math.ceil(length / columns))
  return taken < rows
}

// The pager has the keyboard, and ends when it likes.
async function withoutCtrlC<T>(wait: () => Promise<T>): Promise<T> {
  const listeners = process.listeners('SIGINT')
  const ignore = () => {}
  process.removeAllListeners('SIGINT')
  process.on('SIGINT', ignore)
  try {
    return await wait()
  } finally {
    process.off('SIGINT', ignore)
    for (const listener of listeners) process.on('SIGINT', listener)
  }
}
