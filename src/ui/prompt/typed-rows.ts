import { safeText } from '../../base/safe-text.js'
import { type Cluster, clustersOf, columnsOf } from '../width.js'
import { NEW_LINE, type TypedText } from './typed-text.js'

/** How many columns the terminal has, and how many rows what is typed may take. */
export interface Space {
  readonly columns: number
  readonly maxRows: number
}

/** What is typed as rows, none of which is too long for the terminal. Safe to write to it. */
export interface TypedRows {
  readonly rows: readonly string[]
  /** Columns that each of them takes. */
  readonly widths: readonly number[]
  /** Which of them the cursor is in, from 0. */
  readonly cursorRow: number
  /** What is left of the cursor in its row. */
  readonly beforeCursor: string
  /** Columns that it takes. */
  readonly cursorColumn: number
}

/** Breaks prompt and text into rows; of a text with too many, those around the cursor. */
export function typedRows(prompt: string, typed: TypedText, space: Space): TypedRows {
  const near = nearCursor(typed, space)
  const rows = new Rows(near.start === 0 ? prompt : '', space.columns)
  for (const cluster of clustersOf(near.text)) {
    if (near.cursor < cluster.index + cluster.text.length) rows.markCursor(cluster)
    rows.add(cluster)
  }
  rows.markCursor()
  return rows.around(space.maxRows)
}

// Rows far from the cursor are not seen, and a paste may be long. A start that stays while the cursor moves a little keeps
// the rows where they are.
function nearCursor({ cursor, text }: TypedText, { columns, maxRows }: Space) {
  const far = Math.max(1, maxRows) * Math.max(2, columns)
  const start = Math.max(0, Math.floor(cursor / far) - 1) * far
  return { start, text: text.slice(start, cursor + far), cursor: cursor - start }
}

class Rows {
  // BOUNDED: by what is near the cursor.
  readonly #rows: string[] = []
  readonly #widths: number[] = []
  readonly #columns: number
  #row: string
  #width: number
  #cursor: Pick<TypedRows, 'cursorRow' | 'beforeCursor' | 'cursorColumn'> | undefined

  constructor(prompt: string, columns: number) {
    // The last column stays free: the cursor is there at the end of a full row.
    this.#columns = columns - 1
    this.#row = prompt
    this.#width = prompt.length
  }

  /** The cursor is before this cluster, or at the end. The first time counts. */
  markCursor(cluster?: Cluster): void {
    if (this.#cursor !== undefined) return
    if (cluster !== undefined && !this.#fits(shown(cluster))) this.#end()
    const [beforeCursor, cursorColumn] = [this.#row, this.#width]
    this.#cursor = { cursorRow: this.#rows.length, beforeCursor, cursorColumn }
  }

  add(cluster: Cluster): void {
    const text = shown(cluster)
    if (!this.#fits(text)) this.#end()
    this.#row += text
    this.#width += columnsOf(text)
    if (cluster.text === NEW_LINE) this.#end()
  }

  /** So many rows at most, the cursor's among them. */
  around(maxRows: number): TypedRows {
    this.#end()
    const cursor = this.#cursor ?? { cursorRow: 0, beforeCursor: '', cursorColumn: 0 }
    const most = Math.max(1, maxRows)
    const first = Math.max(0, cursor.cursorRow - most + 1)
    return {
      ...cursor,
      cursorRow: cursor.cursorRow - first,
      rows: this.#rows.slice(first, first + most),
      widths: this.#widths.slice(first, first + most)
    }
  }

  #fits(text: string): boolean {
    return this.#width === 0 || this.#width + columnsOf(text) <= this.#columns
  }

  #end(): void {
    this.#rows.push(this.#row)
    this.#widths.push(this.#width)
    this.#row = ''
    this.#width = 0
  }
}

function shown({ text }: Cluster): string {
  return text === NEW_LINE ? '⏎' : safeText(text)
}
