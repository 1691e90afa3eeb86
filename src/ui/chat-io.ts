import type { Writable } from 'node:stream'

/** Where a chat reads and writes: a process' standard streams, or a test's. */
export interface ChatIo {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly errors: Writable
  /** Fires when the room is to be left. */
  readonly interrupted: AbortSignal
  /** Ctrl-C where the terminal makes no signal of it. */
  readonly interrupt: () => void
}

/** This process' standard streams. */
export function processIo(interrupted: AbortSignal): ChatIo {
  const { pid, stderr: errors, stdin: input, stdout: output } = process
  return { input, output, errors, interrupted, interrupt: () => process.kill(pid, 'SIGINT') }
}

/** Resolves when the signal fires, or when `quit`, handed to `body`, is called. */
export function untilQuit(signal: AbortSignal, body: (quit: () => void) => void): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
    body(resolve)
  })
}
