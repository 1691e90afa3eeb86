import { widthOf } from '../width.js'

/** A table, a line for each row. A column that nobody has anything in is left out. */
export function rowsOf(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0)
  )
  return rows.map(row => {
    const cells = row.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
    return cells
      .filter((_, at) => widths[at] !== 0)
      .join('  ')
      .trimEnd()
  })
}
