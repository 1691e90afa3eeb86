import type { Spread } from './metrics.js'
import type { Report } from './report.js'

/** A report as lines of text, two columns; and the processor time that the run took. */
export function table(report: Report, cpuSeconds: number): string {
  const rows: [string, string][] = [
    ['members', `${report.alive} alive of ${report.members}`],
    ['messages', `${report.messages}`],
    ['delivery', `${(100 * report.delivery).toFixed(3)} % at worst`],
    ['RMR', spreadText(report.redundancy, 3)],
    ['LDH', spreadText(report.lastHop, 1)],
    ['last delivery', `${spreadText(report.latency, 0)} ms`],
    ['links per member', `${spreadText(report.links, 1)}; most ever ${report.maxLinks}`],
    ['bytes', `${report.bytesPerSecond.toFixed(0)} per member and second`],
    ['dials', `${report.dials}, failed ${report.failedDials}`],
    ['cut off', `${report.cutOff}`],
    ['one-sided links', `${report.oneSided}`],
    ['delivered twice', `${report.repeated}`],
    ['unverified', `${report.unverified}`],
    ['over a bound', report.overBound.join(', ') || 'nothing'],
    ...Object.entries(report.figures).map(figureRow),
    ['events', `${report.events}`],
    ['trace', report.trace],
    ['processor time', `${cpuSeconds.toFixed(1)} s`]
  ]
  return [report.name, ...framed(rows)].join('\n')
}

function figureRow([name, figure]: [string, number]): [string, string] {
  return [
    name,
    Number.isFinite(figure) ? figure.toFixed(Number.isInteger(figure) ? 0 : 2) : 'never'
  ]
}

function framed(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([name]) => name.length))
  const right = Math.max(...rows.map(([, value]) => value.length))
  const line = (a: string, b: string, c: string) =>
    `${a}${'─'.repeat(left + 2)}${b}${'─'.repeat(right + 2)}${c}`
  const body = rows.map(([name, value]) => `│ ${name.padEnd(left)} │ ${value.padEnd(right)} │`)
  return [line('┌', '┬', '┐'), ...body, line('└', '┴', '┘')]
}

function spreadText({ max, mean, min, p95 }: Spread, digits: number): string {
  return `${mean.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)}, 95 % ${p95.toFixed(digits)})`
}
