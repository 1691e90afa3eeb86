import { createInterface } from 'node:readline/promises'
import type { Readable } from 'node:stream'
import { PassThrough, Writable } from 'node:stream'
import { untilReadable } from './input.js'

/** A terminal that is typed on. */
type Terminal = Readable & { readonly setRawMode?: (raw: boolean) => unknown }

/** What is asked of a person, and where the question is shown. */
export interface Question {
  readonly text: string
  readonly input: Terminal
  readonly output: Writable
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

const ENTER = /[\r\n]/

/**
 * What a person types after the question, up to Enter, exactly: nothing of it is shown, and the terminal keeps none of it. What
 * comes after Enter is left for whoever reads next. Ctrl-C interrupts this process. Rejects with AbortError when the signal
 * fires, and when the terminal ends.
 */
export async function askUnseen({ input, output, signal, text }: Question): Promise<string> {
  const over = new AbortController()
  const keys = new PassThrough()
  // Escape sequences of the line's editor go nowhere, too: they would tell how long it is.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: keys, output: nowhere, terminal: true, historySize: 0 })
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  lines.on('close', () => over.abort())
  input.setRawMode?.(true)
  output.write(text)
  const all = AbortSignal.any([signal, over.signal])
  const answer = lines.question('', { signal: all })
  passOn(input, keys, all).catch(() => over.abort())
  try {
    return await answer
  } finally {
    over.abort()
    lines.close()
    input.setRawMode?.(false)
    output.write('\n')
  }
}

// Readline would leave the input paused for good, and keep what comes after Enter.
async function passOn(input: Terminal, keys: Writable, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const chunk: Buffer | null = input.read()
    if (chunk === null) {
      if (input.readableEnded || input.destroyed) throw new Error('the input has ended')
      await untilReadable(input, signal)
      continue
    }
    const enter = chunk.toString('latin1').search(ENTER)
    const end = enter === -1 ? chunk.length : enter + 1
    keys.write(chunk.subarray(0, end))
    if (enter === -1) continue
    if (end < chunk.length) input.unshift(chunk.subarray(end))
    return
  }
}
