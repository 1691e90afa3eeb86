import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { packageRoot } from '../home/package-root.js'
import { userAgent } from './user-agent.js'

// oclif's own would load its whole machinery for a page that is a list: as long as an empty program takes, once more.

/** What scripts/manifest.js has written down of each command. */
export type CommandSummaries = Readonly<Record<string, { readonly summary?: string }>>

/** How the page is laid out. */
export interface PageOptions {
  /** No line is longer than so many columns, but where one word is. */
  readonly columns: number
  /** True: headings stand out. */
  readonly styled: boolean
}

const [DEFAULT_COLUMNS, MIN_COLUMNS] = [80, 40]
const INDENT = '  '
const MORE: readonly Row[] = [
  ['swarmchat help <command>', 'how to use one of them'],
  ['swarmchat --version', 'which version this is']
]

type Row = readonly [term: string, about: string]

/** `swarmchat --help`: the page about all commands. */
export function programHelp(): string {
  const { commands } = readJson('oclif.manifest.json')
  const { description } = readJson('package.json')
  return helpPage(description, commands, layoutOf(process.stdout))
}

/** A page about commands, of which those within others are left out. Ends with a line feed. */
export function helpPage(about: string, commands: CommandSummaries, options: PageOptions): string {
  const rows = Object.entries(commands)
    .filter(([id]) => !id.includes(':'))
    .map(([id, { summary = '' }]): Row => [id, summary])
  const heading = (text: string) =>
    options.styled ? styleText('bold', text, { validateStream: false }) : text
  const sections = [
    [wrapped(about, options.columns).join('\n')],
    [
      heading('VERSION'),
      ...wrapped(userAgent(), options.columns - INDENT.length).map(line => INDENT + line)
    ],
    [heading('USAGE'), `${INDENT}$ swarmchat [COMMAND]`],
    [heading('MORE'), ...table(MORE, options.columns)],
    [heading('COMMANDS'), ...table(rows, options.columns)]
  ]
  return `${sections.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function table(rows: readonly Row[], columns: number): string[] {
  const width = rows.reduce((most, [term]) => Math.max(most, term.length), 0)
  const left = INDENT + ' '.repeat(width) + INDENT
  return rows.flatMap(([term, about]) => {
    const [first = '', ...others] = wrapped(about, columns - left.length)
    return [`${INDENT}${term.padEnd(width)}${INDENT}${first}`, ...others.map(line => left + line)]
  })
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

function layoutOf({ columns, isTTY }: NodeJS.WriteStream): PageOptions {
  if (!isTTY) return { columns: DEFAULT_COLUMNS, styled: false }
  const shown = Math.max(MIN_COLUMNS, columns || DEFAULT_COLUMNS)
  return { columns: shown, styled: !process.env.NO_COLOR }
}

function readJson(name: string) {
  return JSON.parse(readFileSync(join(packageRoot(), name), 'utf8'))
}
