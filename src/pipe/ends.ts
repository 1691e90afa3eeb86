import type { Writable } from 'node:stream'

/** Our ends of a pipe. */
export interface PipeEnds {
  readonly input: AsyncIterable<Buffer>
  /** A person types the input. */
  readonly typed: boolean
  readonly output: Writable
  /** Tells a person what happens; never on `output`. */
  readonly notice: (line: string) => void
}

// Node writes to a pipe in the event loop on POSIX, which stands still while the reader is slow; connections die of it.
interface PipeHandle {
  setBlocking?(blocking: boolean): number
}

/** Makes writes to this process's standard output wait outside the event loop where it is a pipe. */
export function unblock(output: Writable): void {
  const handle = (output as { _handle?: PipeHandle })._handle
  if (handle?.setBlocking === undefined) return
  handle.setBlocking(false)
  // Others may share the pipe and not expect that.
  process.once('exit', () => handle.setBlocking?.(true))
}
