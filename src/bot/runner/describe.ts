import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../base/errors.js'
import { packageRoot } from '../../home/package-root.js'

/** Our own code, in whatever form it runs. */
const OWN = join(packageRoot(), import.meta.url.endsWith('.ts') ? 'src' : 'dist')
const FRAME = /(?:\(|at (?:async )?)((?:file:\/\/)?\/?[^\s()]+?):(\d+):(\d+)\)?$/
/** How a parser says where: the last line of its message. */
const PARSED = /\s+([^\s]+):(\d+):\d+\s*$/

/** What was thrown as one line for a person, with file and line of the script where they are known: `dice.js:12: ...`. */
export function describe(thrown: unknown, script: string): string {
  const message = oneLine(messageOf(thrown)).replace(/^ParseError: /, '')
  const place = placeOf(thrown, script)
  if (place === undefined) return message
  return `${place}: ${message.replace(PARSED, '').trim()}`
}

/** File and line as a person names them, seen from the script. */
export function placeIn(file: string, line: number | string, script: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  const name = path === script ? basename(path) : relative(dirname(script), path)
  return `${name}:${line}`
}

function placeOf(thrown: unknown, script: string): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  const [, parsedFile, parsedLine] = PARSED.exec(thrown.message) ?? []
  if (parsedFile !== undefined && parsedLine !== undefined)
    return placeIn(parsedFile, parsedLine, script)
  for (const frame of (thrown.stack ?? '').split('\n')) {
    const [, file, line] = FRAME.exec(frame.trim()) ?? []
    if (file !== undefined && line !== undefined && isTheirs(file, script))
      return placeIn(file, line, script)
  }
  return undefined
}

/** True if the file, a path or a URL, is a script's own, and neither ours nor a library's. */
export function isTheirs(file: string, script: string): boolean {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  if (path === script) return true
  return path.startsWith('/') && !path.startsWith(`${OWN}/`) && !path.includes('/node_modules/')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
