import { StringDecoder } from 'node:string_decoder'

/** A longer line is cut there: nobody types it, and a message holds far less. */
export const MAX_LINE_CHARACTERS = 1_048_576

/**
 * Calls `online` for every line of the stream, without its line feed (and carriage return), and for a last one without
 * line feed; then `onend`. Unlike node:readline it breaks at line feeds only, as NDJSON does.
 */
export function eachLine(
  input: NodeJS.ReadableStream,
  online: (line: string) => void,
  onend: () => void = () => {}
): void {
  const decoder = new StringDecoder('utf8')
  // BOUNDED: MAX_LINE_CHARACTERS and one chunk.
  let rest = ''
  const take = (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS)
    for (const line of lines) online(line.endsWith('\r') ? line.slice(0, -1) : line)
  }
  input.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
  input.on('error', onend)
  input.on('end', () => {
    take(decoder.end())
    if (rest !== '') online(rest)
    onend()
  })
}
