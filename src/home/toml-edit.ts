import { stringify } from 'smol-toml'

/** The text of a TOML file with another value in one place. What else stands there, comments above all, stays as it is. */
export function withSetting(
  text: string,
  key: string,
  value: string | boolean,
  room?: string
): string {
  const line = stringify({ [key]: value }).trim()
  const lines = linesOf(text)
  const { end, start } = sectionOf(lines, room)
  if (start === -1) return joined([...lines, ...(lines.length > 0 ? [''] : []), header(room), line])
  const at = indexOf(lines, key, start, end)
  if (at !== -1) return joined(lines.with(at, line))
  return joined(lines.toSpliced(lastFull(lines, start, end), 0, line))
}

/** The same without a value in one place; a section that says nothing then goes as well. */
export function withoutSetting(text: string, key: string, room?: string): string {
  const lines = linesOf(text)
  const { end, start } = sectionOf(lines, room)
  const at = start === -1 ? -1 : indexOf(lines, key, start, end)
  if (at === -1) return text
  const rest = lines.toSpliced(at, 1)
  const isEmpty = rest.slice(start, end - 1).every(line => line.trim() === '')
  return joined(isEmpty && room !== undefined ? withoutRows(rest, start - 1, end - 1) : rest)
}

/** Where the lines of a section begin and end; those of the top come first. */
function sectionOf(lines: readonly string[], room: string | undefined) {
  const isHeader = (line: string) => /^\s*\[/.test(line)
  const head = room === undefined ? -1 : lines.findIndex(line => line.trim() === header(room))
  if (room !== undefined && head === -1) return { start: -1, end: -1 }
  const next = lines.findIndex((line, at) => at > head && isHeader(line))
  return { start: head + 1, end: next === -1 ? lines.length : next }
}

/** -1 where the section does not set it. */
function indexOf(lines: readonly string[], key: string, start: number, end: number): number {
  const sets = new RegExp(`^\\s*${key}\\s*=`)
  const at = lines.slice(start, end).findIndex(line => sets.test(line))
  return at === -1 ? -1 : start + at
}

/** Without these, and without blank ones at the end. */
function withoutRows(lines: readonly string[], start: number, end: number): string[] {
  const rest = lines.toSpliced(start, end - start)
  return rest.slice(0, lastFull(rest, 0, rest.length))
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function lastFull(lines: readonly string[], start: number, end: number): number {
  let at = end
  while (at > start && lines[at - 1]?.trim() === '') at -= 1
  return at
}

function header(room: string | undefined): string {
  const name = room ?? ''
  return `[rooms.${/^[\w-]+$/.test(name) && /^[\x20-\x7e]+$/.test(name) ? name : JSON.stringify(name)}]`
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
