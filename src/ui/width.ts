const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const NO_WIDTH = /[\p{M}\p{Cf}]/u

/** Columns that the text takes on a terminal, closely enough to count wrapped rows. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const point of text) columns += NO_WIDTH.test(point) ? 0 : WIDE.test(point) ? 2 : 1
  return columns
}

/** Rows that the text takes on a terminal of that many columns; at least 1. */
export function rowsOf(text: string, columns: number): number {
  return Math.floor(columnsOf(text) / Math.max(1, columns)) + 1
}
