import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Puts a text under a heading (`## ...`) of a Markdown file, in place of what was there; other sections stay as they are. */
export function putSection(file: string, title: string, heading: string, text: string): void {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : `# ${title}\n`
  const start = old.indexOf(`\n${heading}\n`)
  const section = `\n${heading}\n\n${text.trim()}\n`
  if (start === -1) {
    writeFileSync(file, `${old.trimEnd()}\n${section}`)
    return
  }
  const next = old.indexOf('\n## ', start + 1)
  writeFileSync(file, old.slice(0, start) + section + (next === -1 ? '' : old.slice(next)))
}
