import { stringify } from 'smol-toml'

/** The text of a TOML file with another value in one place. What else stands there, comments above all, stays as it is. */
export function withSetting(
  text: string,
  key: string,
  value: string | boolean,
  room?: string
): string {
  const line = stringify({ [key]: value }).trim()
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const { end, start } = sectionOf(lines, room)
  if (start === -1) return joined([...lines, ...(lines.length > 0 ? [''] : []), header(room), line])
  const at = lines.slice(start, end).findIndex(each => new RegExp(`^\\s*${key}\\s*=`).test(each))
  if (at !== -1) return joined(lines.with(start + at, line))
  return joined(lines.toSpliced(lastFull(lines, start, end), 0, line))
}

/** Where the lines of a section begin and end; those of the top come first. */
function sectionOf(lines: readonly string[], room: string | undefined) {
  const isHeader = (line: string) => /^\s*\[/.test(line)
  const head = room === undefined ? -1 : lines.findIndex(line => line.trim() === header(room))
  if (room !== undefined && head === -1) return { start: -1, end: -1 }
  const next = lines.findIndex((line, at) => at > head && isHeader(line))
  return { start: head + 1, end: next === -1 ? lines.length : next }
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
  return `${lines.join('\n')}\n`
}
