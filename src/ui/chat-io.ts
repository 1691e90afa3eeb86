import type { Writable } from 'node:stream'

/** Where a chat reads and writes: a process' standard streams, or a test's. */
export interface ChatIo {
  readonly input: NodeJS.ReadableStream & {
    readonly isTTY?: boolean
    readonly setRawMode?: (raw: boolean) => unknown
  }
  readonly output: Writable & {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
  }
  readonly errors: Writable
  /** False where the terminal obeys no escape sequences (TERM=dumb): then lines are all that it is given. */
  readonly obeysEscapes: boolean
  /** True where the terminal is known to break rows in two that a narrower window has no place for. */
  readonly reflows?: boolean
  /** Fires when the room is to be left. */
  readonly interrupted: AbortSignal
  /** Ctrl-C where the terminal makes no signal of it. */
  readonly interrupt: () => void
  /** Ctrl-Z, likewise: stops this job. Returns when it goes on, and at once where nobody could let it go on. */
  readonly suspend: () => void
  /** True once whoever started this process is no more: a shell that was killed leaves its terminal to another one. */
  readonly isOrphan?: () => boolean
  /** Calls the listener whenever this process goes on after it was stopped; gives what ends that. */
  readonly onresume: (listener: () => void) => () => void
}

/** This process' standard streams. */
export function processIo(interrupted: AbortSignal): ChatIo {
  const { pid, ppid, stderr: errors, stdin: input, stdout: output } = process
  const interrupt = () => void process.kill(pid, 'SIGINT')
  const streams = { input, output, errors, obeysEscapes: obeysEscapes(), reflows: isTmux() }
  const isOrphan = () => process.ppid !== ppid
  return { ...streams, interrupted, interrupt, suspend: stopJob, isOrphan, onresume }
}

/** False where the terminal that this process has says that it obeys no escape sequences. */
export function obeysEscapes(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.TERM !== 'dumb'
}

// What was started in tmux may be elsewhere: in an xterm, or in a screen, which breaks nothing.
function isTmux({ STY, TERM = '', TMUX }: NodeJS.ProcessEnv = process.env): boolean {
  return TMUX !== undefined && STY === undefined && /^(tmux|screen)/.test(TERM)
}

// The whole group, as a terminal does it: what runs us (npx) waits for us and has to stop as well.
function stopJob(): void {
  if (process.platform !== 'win32') process.kill(0, 'SIGTSTP')
}

function onresume(listener: () => void): () => void {
  if (process.platform === 'win32') return () => {}
  process.on('SIGCONT', listener)
  return () => process.off('SIGCONT', listener)
}

/**
 * Resolves when the signal fires, or when `quit`, handed to `begin`, is called. What `begin` gives is called at that moment,
 * once: nothing that comes after it counts.
 */
export function untilQuit(
  signal: AbortSignal,
  begin: (quit: () => void) => () => void
): Promise<void> {
  return new Promise(resolve => {
    const over = new AbortController()
    const all = AbortSignal.any([signal, over.signal])
    const end = begin(() => over.abort())
    const finish = () => {
      end()
      resolve()
    }
    if (all.aborted) finish()
    else all.addEventListener('abort', finish, { once: true })
  })
}
