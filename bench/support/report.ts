import type { Findings, Row, Section, Table } from './section.js'
import { median, table } from './stats.js'

/** A section's findings as Markdown. */
export function report({ title }: Section, { tables, notes = [] }: Findings): string {
  return [`### ${title}`, ...tables.map(render), ...notes.map(note => `- ${note}`)].join('\n\n')
}

function render({ caption, unit, rows }: Table): string {
  const header = [unit, 'Swarm', 'Hyperswarm', 'ratio']
  const body = rows.map(row => [row.name, cell(row.swarm), cell(row.hyperswarm), ratio(row)])
  return [...(caption === undefined ? [] : [caption]), table(header, body)].join('\n\n')
}

/** `median (min - max)`, with how many never got there. */
function cell(values: Row['swarm']): string {
  const known = values.filter(value => value !== null)
  const never = values.length - known.length
  const missed = never === 0 ? '' : `; never in ${never} of ${values.length}`
  if (known.length === 0) return `never in ${never} of ${values.length}`
  return `${short(median(known))} (${short(Math.min(...known))} - ${short(Math.max(...known))})${missed}`
}

/** The ratio of the medians, a run that never got there counting as endless. */
function ratio({ swarm, hyperswarm }: Row): string {
  const [ours, theirs] = [swarm, hyperswarm].map(values =>
    median(values.map(value => value ?? Number.POSITIVE_INFINITY))
  )
  if (ours === undefined || theirs === undefined) return ''
  if (!Number.isFinite(theirs)) return Number.isFinite(ours) ? '0' : ''
  return short(ours / theirs)
}

/** Three digits that count. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 100 || value === 0) return value.toFixed(0)
  return value.toPrecision(3).replace(/\.?0+$/, '')
}
