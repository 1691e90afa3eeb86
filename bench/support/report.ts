import type { Findings, Row, Section, Table } from './section.js'
import { median, table } from './stats.js'

/** A section's findings as Markdown. */
export function report({ title }: Section, { tables, notes = [] }: Findings): string {
  const list = notes.map(note => `- ${note}`).join('\n')
  return [`### ${title}`, ...tables.map(render), list].join('\n\n').trim()
}

/** How the cells are to be read. */
export const LEGEND =
  'Median (min - max). The ratio is that of the medians, Swarm to Hyperswarm; in brackets the least and the greatest of a pair of runs.'

function render({ caption, unit, rows }: Table): string {
  const header = [unit, 'Swarm', 'Hyperswarm', 'ratio', 'runs']
  const body = rows.map(row => [
    row.name,
    cell(row.swarm),
    cell(row.hyperswarm),
    ratio(row),
    String(row.swarm.length)
  ])
  return [...(caption === undefined ? [] : [caption]), table(header, body)].join('\n\n')
}

type Values = Row['swarm']

/** `median (min - max)`, with how many never got there. */
function cell(values: Values): string {
  const known = values.filter(value => value !== null)
  const never = values.length - known.length
  const missed = never === 0 ? '' : `never in ${never} of ${values.length}`
  if (known.length === 0) return missed
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const range = least === most ? '' : `${short(least)} - ${short(most)}`
  const rest = [range, missed].filter(text => text !== '').join('; ')
  return rest === '' ? middle(values) : `${middle(values)} (${rest})`
}

function middle(values: Values): string {
  const value = median(values.map(orEndless))
  return Number.isFinite(value) ? short(value) : 'never'
}

function ratio({ swarm, hyperswarm }: Row): string {
  const whole = quotient(median(swarm.map(orEndless)), median(hyperswarm.map(orEndless)))
  if (whole === undefined) return ''
  const pairs = swarm
    .map((value, index) => quotient(orEndless(value), orEndless(hyperswarm[index] ?? null)))
    .filter(value => value !== undefined)
  if (pairs.length < 2 || swarm.length !== hyperswarm.length) return short(whole)
  return `${short(whole)} (${short(Math.min(...pairs))} - ${short(Math.max(...pairs))})`
}

// Undefined where it says nothing: both never got there, or nothing to compare with.
function quotient(ours: number, theirs: number): number | undefined {
  if (theirs === 0 || (!Number.isFinite(ours) && !Number.isFinite(theirs))) return undefined
  return ours / theirs
}

function orEndless(value: number | null): number {
  return value ?? Number.POSITIVE_INFINITY
}

/** Three digits that count. */
function short(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '∞'
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 100 || value === 0) return value.toFixed(0)
  return String(Number(value.toPrecision(3)))
}
