import { StringDecoder } from 'node:string_decoder'
import { isUtf16, withoutByteOrderMark } from '../base/plain-text.js'

/** A longer line is cut there: nobody types it, and a message holds far less. */
export const MAX_LINE_CHARACTERS = 1_048_576

/**
 * Read at once, and the line that goes on there: some 20 lines. Guess: saying them takes less than
 * the 15 ms in which the store gathers.
 */
const BYTES_AT_ONCE = 1_024

/** Lines that are being read. */
export interface LineReader {
  /** Hands over what was read of a line that has not ended. */
  flush(): void
}

/**
 * Calls `online` for every line of the stream, without its line feed (and carriage return, and a byte order mark before
 * it), and for a last one without line feed; then `onend`. An error of the stream is its end; so is UTF-16, which
 * `onend` is told as the end of a sentence. Unlike node:readline it breaks at line feeds only, as NDJSON does.
 */
export function eachLine(
  input: NodeJS.ReadableStream,
  online: (line: string) => void,
  onend: (reason?: string) => void = () => {}
): LineReader {
  const lines = new Lines(online)
  let hasEnded = false
  // BOUNDED: one chunk of the stream.
  let left: Buffer = Buffer.alloc(0)
  const end = (reason?: string) => {
    if (hasEnded) return
    hasEnded = true
    lines.flush()
    onend(reason)
  }
  input.on('data', (chunk: Buffer) => {
    if (hasEnded) return
    const upTo = chunk.indexOf('\n', BYTES_AT_ONCE) + 1 || chunk.length
    const isText = lines.take(chunk.subarray(0, upTo))
    left = chunk.subarray(upTo)
    if (isText && left.length > 0) leave(input, left)
    if (isText) return
    input.pause()
    end('it is UTF-16; UTF-8 is understood')
  })
  input.on('error', () => {
    if (!hasEnded) lines.take(left)
    end()
  })
  input.on('end', () => end())
  return lines
}

// It comes again when others have had their turn: a chunk of a pipe holds a thousand lines, and nothing of what they say
// would be on the disk before the last one. Who has stopped the input lets it go on.
function leave(input: NodeJS.ReadableStream, rest: Buffer): void {
  const isStopped = input.isPaused()
  // Before: what is put back into a stream that flows comes again at once.
  input.pause()
  input.unshift(rest)
  if (!isStopped) setImmediate(() => input.resume())
}

class Lines implements LineReader {
  readonly #online: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #isFirst = true
  // BOUNDED: MAX_LINE_CHARACTERS.
  #rest = ''

  constructor(online: (line: string) => void) {
    this.#online = online
  }

  /** False where the stream is UTF-16; then nothing of it is taken. */
  take(chunk: Buffer): boolean {
    if (this.#isFirst && isUtf16(chunk)) return false
    this.#isFirst = false
    const [first = '', ...others] = this.#decoder.write(chunk).split('\n')
    this.#add(first)
    for (const line of others) {
      this.#end()
      this.#add(line)
    }
    return true
  }

  flush(): void {
    this.#add(this.#decoder.end())
    if (this.#rest !== '') this.#end()
  }

  #add(text: string): void {
    const room = MAX_LINE_CHARACTERS - this.#rest.length
    if (room > 0) this.#rest += text.slice(0, room)
  }

  #end(): void {
    const line = withoutByteOrderMark(this.#rest)
    this.#rest = ''
    this.#online(line.endsWith('\r') ? line.slice(0, -1) : line)
  }
}
