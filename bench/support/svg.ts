import { partsOf } from '../../src/ui/messages/colours.js'
import type { Run } from '../../test/support/emulator.js'

const [CELL, ROW, SIZE, MARGIN] = [8.4, 19, 14, 14]
const [PAPER, INK] = ['#16181d', '#d8dce2']
const FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

/** What a terminal shows, as a picture: text that can be selected and is read aloud. `about`: what it is of. */
export function svgOf(rows: readonly (readonly Run[])[], columns: number, about: string): string {
  const [width, height] = [columns * CELL + 2 * MARGIN, rows.length * ROW + 2 * MARGIN]
  const lines = rows.flatMap((runs, y) => runs.flatMap(run => shapesOf(run, y)))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" role="img" aria-label="${escaped(about)}">
<title>${escaped(about)}</title>
<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>
<g font-family="${escaped(FONT)}" font-size="${SIZE}" xml:space="preserve">
${lines.join('\n')}
</g>
</svg>
`
}

function shapesOf(run: Run, y: number): string[] {
  if (run.text.trim() === '' && !run.inverse) return []
  if (!run.inverse && run.text.endsWith(' ')) return shapesOf(trimmed(run), y)
  const x = round(MARGIN + run.column * CELL)
  const width = round(run.columns * CELL)
  const ink = run.inverse ? PAPER : inkOf(run)
  const behind = `<rect x="${x}" y="${MARGIN + y * ROW}" width="${width}" height="${ROW}" fill="${inkOf(run)}"/>`
  const style = `${run.bold ? ' font-weight="bold"' : ''}${run.dim ? ' opacity="0.65"' : ''}`
  const text = `<text x="${x}" y="${MARGIN + y * ROW + SIZE}" textLength="${width}" fill="${ink}"${style}>${escaped(run.text)}</text>`
  return run.inverse ? [behind, text] : [text]
}

function trimmed(run: Run): Run {
  const text = run.text.trimEnd()
  return { ...run, text, columns: run.columns - (run.text.length - text.length) }
}

function inkOf({ colour }: Run): string {
  if (colour === undefined) return INK
  return `#${partsOf(colour)
    .map(part => part.toString(16).padStart(2, '0'))
    .join('')}`
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}

function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;'
  }
  return text.replace(/[&<>"]/g, sign => signs[sign] ?? sign)
}
