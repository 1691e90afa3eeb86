import { expect, test } from 'vitest'
import { type Drawn, hasReflowed, mustAsk, rowsAbove } from '../../../src/ui/prompt/resized.js'

/** What was typed on 60 columns: rows so wide, the cursor at the end. */
function drawn(...widths: number[]): Drawn {
  const rows = widths.map(width => 'x'.repeat(width))
  const [cursorRow, cursorColumn] = [widths.length - 1, widths.at(-1) ?? 0]
  const cursor = { cursorRow, cursorColumn, beforeCursor: rows[cursorRow] ?? '' }
  return { rows, widths, ...cursor, columns: 60 }
}

test('a cursor that is still on the window tells nothing, and needs no question', () => {
  expect(mustAsk(drawn(30), 31)).toBe(false)
  expect(mustAsk(drawn(30), 30)).toBe(true)
  expect(mustAsk(drawn(30), 80)).toBe(false)
})

test('where the cursor is tells whether its row was broken in two', () => {
  expect(hasReflowed(drawn(44), 30, 14)).toBe(true)
  expect(hasReflowed(drawn(44), 30, 29)).toBe(false)
  // Broken or cut off, it would be there.
  expect(hasReflowed(drawn(59), 30, 29)).toBe(false)
})

test.each([
  ['one row in two', drawn(44), 30, true, 1],
  ['one row in four', drawn(59), 15, true, 3],
  ['rows above it as well', drawn(59, 59, 10), 30, true, 4],
  ['a full row in one', drawn(30), 30, true, 0],
  ['a cut-off row', drawn(59, 44), 30, false, 1],
  ['a wider window', drawn(59, 44), 80, true, 1]
])('%s', (_, before, columns, reflows, rows) => {
  expect(rowsAbove(before, columns, reflows)).toBe(rows)
})
