import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { SwarmchatError } from '../base/errors.js'
import { readPlainText } from '../base/plain-text.js'

/** Most that is read where a word, or one message, is expected. BOUNDED: this, and one chunk. */
const MAX_INPUT_BYTES = 65_536

/** BAD_INPUT: what came on standard input is no text, or far too much. */
const badInput = (reason: string) =>
  new SwarmchatError('BAD_INPUT', `Standard input cannot be understood: ${reason}.`, {
    hint: 'It must be text in UTF-8.'
  })

/**
 * The first line of an input, without its end; what comes after it is left for whoever reads next. Rejects when the
 * signal fires. Throws BAD_INPUT.
 */
export async function readFirstLine(input: Readable, signal: AbortSignal): Promise<string> {
  const line = await readUntil(input, signal, bytes => bytes.indexOf(10) + 1 || undefined)
  return textOf(line).replace(/\r?\n$/, '')
}

/** All of an input, without white space at its end. Rejects when the signal fires. Throws BAD_INPUT. */
export async function readAll(input: Readable, signal: AbortSignal): Promise<string> {
  return textOf(await readUntil(input, signal, () => undefined)).trimEnd()
}

// Reads to where `endOf` says that it ends, else to the end of the input.
async function readUntil(
  input: Readable,
  signal: AbortSignal,
  endOf: (bytes: Buffer) => number | undefined
): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  while (bytes.length <= MAX_INPUT_BYTES) {
    const chunk: Buffer | null = input.read()
    if (chunk === null) {
      if (input.readableEnded || input.destroyed) return bytes
      await untilReadable(input, signal)
      continue
    }
    bytes = Buffer.concat([bytes, chunk])
    const end = endOf(bytes)
    if (end === undefined) continue
    input.unshift(bytes.subarray(end))
    return bytes.subarray(0, end)
  }
  throw badInput(`it has more than ${MAX_INPUT_BYTES} bytes`)
}

/** Resolves when there is something to read, or the input has ended. Rejects when the signal fires. */
export async function untilReadable(input: Readable, signal: AbortSignal): Promise<void> {
  const done = new AbortController()
  const options = { signal: AbortSignal.any([signal, done.signal]) }
  try {
    await Promise.race(['readable', 'end', 'close'].map(event => once(input, event, options)))
  } finally {
    done.abort()
  }
}

function textOf(bytes: Uint8Array): string {
  const read = readPlainText(bytes)
  if (!read.ok) throw badInput(read.reason)
  return read.text
}
