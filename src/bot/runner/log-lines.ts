import { eachLine } from '../../ndjson/lines.js'

/** Longest line of a program's output that goes into a log. Guess. */
const MAX_LOG_CHARACTERS = 4_096

/** Calls `online` for every line that is not empty, cut where it is too long for a log. */
export function eachLogLine(stream: NodeJS.ReadableStream, online: (line: string) => void): void {
  eachLine(stream, line => {
    if (line.trim() !== '') online(line.slice(0, MAX_LOG_CHARACTERS))
  })
}
