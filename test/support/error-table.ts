import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
const CALL = 'new SwarmchatError('

/** An error as a user meets it; `…` stands for what differs each time. */
export interface ErrorRow {
  readonly code: string
  readonly sentences: readonly string[]
  readonly hints: readonly string[]
  readonly exitCode: 1 | 2
}

/** Every error that the sources make with a code of its own, by code: read from their text, so that none is forgotten. */
export function errorRows(): ErrorRow[] {
  const rows = new Map<string, ErrorRow>()
  for (const row of sources().flatMap(rowsIn)) rows.set(row.code, merge(rows.get(row.code), row))
  return [...rows.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** The rows as Markdown. */
export function errorTable(): string {
  const rows = errorRows().map(
    ({ code, exitCode, hints, sentences }) =>
      `| \`${code}\` | ${cell(sentences)} | ${cell(hints)} | ${exitCode} |`
  )
  return ['| code | sentence | what to do | exit code |', '|---|---|---|---|', ...rows].join('\n')
}

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .sort()
    .map(name => readFileSync(join(SRC, name), 'utf8'))
}

function rowsIn(source: string): ErrorRow[] {
  return source
    .split(CALL)
    .slice(1)
    .flatMap(rest => {
      const [code = '', message = '', details = ''] = argumentsOf(rest)
      const literal = /^'([A-Z_]+)'$/.exec(code)?.[1]
      if (literal === undefined) return []
      const hint = /\bhint:([\s\S]*)/.exec(details)?.[1] ?? ''
      return {
        code: literal,
        sentences: sentencesOf(literal, message, source),
        hints: textsOf(argumentsOf(hint)[0] ?? '', source),
        exitCode: /exitCode: 1\b/.test(details) ? 1 : 2
      }
    })
}

// Where the caller brings the sentence, the doc comment says when: `CODE: what happened.`
function sentencesOf(code: string, message: string, source: string): string[] {
  const texts = textsOf(message, source)
  if (texts.length > 0) return texts
  const comment =
    new RegExp(`/\\*\\*\\s+(?:\\* )?${code}: ([\\s\\S]*?)\\*/`).exec(source)?.[1] ?? ''
  const [when = ''] = comment.replace(/\s*\n \* ?/g, ' ').split('. ')
  return when === '' ? [] : [`… (${when.trim().replace(/\.$/, '')})`]
}

function merge(before: ErrorRow | undefined, row: ErrorRow): ErrorRow {
  if (before === undefined) return row
  const both = (of: 'sentences' | 'hints') => [...new Set([...before[of], ...row[of]])]
  return { ...row, sentences: both('sentences'), hints: both('hints') }
}

// The arguments of a call, from after its opening bracket on: split at the commas of the outermost level.
function argumentsOf(text: string): string[] {
  const parts = ['']
  let depth = 0
  for (const token of text.match(/'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[\s\S]/g) ?? []) {
    if ('([{'.includes(token)) depth += 1
    if (')]}'.includes(token)) depth -= 1
    if (depth < 0) break
    if (token === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts.map(part => part.trim())
}

// The texts that an expression may give; of a constant, those of its declaration.
function textsOf(expression: string, source: string): string[] {
  const constant = /^[A-Z_]+$/.test(expression) ? declared(expression, source) : undefined
  const literals = (constant ?? expression).match(/'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/g) ?? []
  return literals.map(readable).filter(text => /\s/.test(text))
}

function declared(name: string, source: string): string | undefined {
  return new RegExp(`const ${name} =\\s*([\\s\\S]*?)\\n(?:\\n|const|/)`).exec(source)?.[1]
}

function readable(literal: string): string {
  const text = literal.slice(1, -1).replace(/\$\{(?:[^{}`]|\{[^}]*\}|`[^`]*`)*\}/g, '…')
  return text.replace(/\\(.)/g, '$1')
}

function cell(texts: readonly string[]): string {
  const inMarkdown = (text: string) =>
    text.replaceAll('|', '\\|').replace(/`[^`]*`|<(?=\w)/g, part => (part === '<' ? '\\<' : part))
  return texts.map(inMarkdown).join(' / ') || '…'
}
