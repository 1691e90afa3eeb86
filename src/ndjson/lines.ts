import { StringDecoder } from 'node:string_decoder'
import { isUtf16, withoutByteOrderMark } from '../base/plain-text.js'

/** A longer line is cut there: nobody types it, and a message holds far less. */
export const MAX_LINE_CHARACTERS = 1_048_576

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
  const end = (reason?: string) => {
    if (hasEnded) return
    hasEnded = true
    lines.flush()
    onend(reason)
  }
  input.on('data', (chunk: Buffer) => {
    if (hasEnded || lines.take(chunk)) return
    input.pause()
    end('it is UTF-16; UTF-8 is understood')
  })
  input.on('error', () => end())
  input.on('end', () => end())
  return lines
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
