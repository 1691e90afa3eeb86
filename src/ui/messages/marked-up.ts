import type { Style } from './style.js'

// What people write in chats to stress something. The signs stay: what is copied is what was written.

/** Something that is left as it is, code, or stressed: in this order, so that nothing inside of a URL is touched. */
const MARKS =
  /(?<url>https?:\/\/\S+)|(?<code>`[^`]+`)|(?<bold>(?<![\p{L}\p{N}*])\*(?![\s*])[^*]*[^\s*]\*(?![\p{L}\p{N}*]))/gu
const FENCE = /^\s*```/u

/** One row of safe text, with its `code` and *stress* styled. */
export function markedUp(row: string, style: Style): string {
  return row.replace(MARKS, (match, ...rest) => {
    const { bold, code } = rest.at(-1) as Partial<Record<'bold' | 'code', string>>
    if (code !== undefined) return style.code(match)
    return bold === undefined ? match : style.bold(match)
  })
}

/** Rows of safe text; those between fences are code, and nothing in them is stressed. */
export function markedUpRows(rows: readonly string[], style: Style): string[] {
  let isCode = false
  return rows.map(row => {
    const isFence = FENCE.test(row)
    if (isFence) isCode = !isCode
    return isFence || isCode ? style.code(row) : markedUp(row, style)
  })
}
