import type { TypedRows } from './typed-rows.js'

/** Rows as they were written, and how many columns the terminal had then. */
export interface Drawn extends TypedRows {
  readonly columns: number
}

// Most terminals break the rows that a narrower window has no place for in two, and their cursor goes along; others cut
// them off; and what is written while a window changes is cut off by all. They cannot be asked which, but where the cursor
// is tells it, if it was right of the new edge.

/** True where only the terminal can say where the cursor's row is after its window became this wide. */
export function mustAsk(drawn: Drawn, columns: number): boolean {
  return columns < drawn.columns && drawn.cursorColumn >= columns
}

/** True if the terminal has broken the cursor's row in two, seen from the column (from 0) where the cursor is now. */
export function hasReflowed({ cursorColumn }: Drawn, columns: number, column: number): boolean {
  return column === cursorColumn % columns && column !== columns - 1
}

/**
 * How many rows what is typed takes above the cursor, now that the terminal is this wide. Where that is not known it is as
 * many as before, and at worst a copy of what is typed stays: nothing else is ever erased.
 */
export function rowsAbove(drawn: Drawn, columns: number, reflowed: boolean): number {
  const { cursorColumn, cursorRow, widths } = drawn
  if (!reflowed || columns >= drawn.columns) return cursorRow
  const above = widths.slice(0, cursorRow).map(width => rowsOf(width, columns))
  // A cursor right after a full row may stand at its end or below: the fewer rows.
  return above.reduce((sum, rows) => sum + rows, rowsOf(cursorColumn, columns) - 1)
}

function rowsOf(width: number, columns: number): number {
  return Math.max(1, Math.ceil(width / columns))
}
