import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A frame in a file: not in Node, which others called. Its directories may have blanks and brackets. */
const FRAME = /^ +at (?:.+? \()?((?:file:\/\/)?(?:[/\\]|[a-z]:).*?):(\d+):(\d+)\)?$/im

/** Where it was thrown, as the last two names of a path of the sources, and the line: `room/room.ts:12`. */
export function sourcePlace({ stack }: Error): string | undefined {
  const [, at, line, column] = FRAME.exec(stack ?? '') ?? []
  if (at === undefined) return undefined
  const file = at.startsWith('file:') ? fileURLToPath(at) : at
  return shortPlace(unbundled(file, Number(line), Number(column)) ?? { file, line: Number(line) })
}

// Only now, when something is told: Node itself would read all maps at every start.
function unbundled(file: string, line: number, column: number) {
  try {
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')))
    const found = map.findEntry(line - 1, column - 1)
    if (!('originalSource' in found)) return undefined
    return { file: found.originalSource, line: found.originalLine + 1 }
  } catch {
    return undefined
  }
}

function shortPlace({ file, line }: { file: string; line: number }): string {
  return `${join(basename(dirname(file)), basename(file))}:${line}`
}
