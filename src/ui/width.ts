import stringWidth from 'string-width'
import { Recent } from '../base/recent.js'

/** What a person sees as one character: a letter with its marks, a flag, a family of emoji. */
export interface Cluster {
  /** Where it begins in the text, in UTF-16 units. */
  readonly index: number
  readonly text: string
}

/** Made when it is first needed: to load its rules takes longer than to draw a prompt. */
let segmenter: Intl.Segmenter | undefined
/** A text is looked at in pieces of so many UTF-16 units: in Node 20 a segmenter takes 100 times longer for 100 times more. */
const PIECE_UNITS = 64
/** Letters that nothing can be joined to, since another one follows, or none. */
const PLAIN = /[\x20-\x7e](?![^\x20-\x7e])/y
const PLAIN_LETTER = /^[\x20-\x7e]$/

/** The grapheme clusters of a text, in order. */
export function* clustersOf(text: string): Generator<Cluster> {
  for (let index = 0; index < text.length; ) {
    PLAIN.lastIndex = index
    const clusters = PLAIN.test(text) ? [text.charAt(index)] : segment(text, index)
    for (const cluster of clusters) {
      yield { index, text: cluster }
      index += cluster.length
    }
  }
}

/** Widths are remembered: finding one takes 40 us, and a line is drawn anew with every key. Guess: a script's letters. */
const MAX_WIDTHS = 4096
// BOUNDED: MAX_WIDTHS, the oldest goes first.
const WIDTHS = new Recent<string, number>(MAX_WIDTHS)

/**
 * Columns that a cluster takes on a terminal, by Unicode. Terminals differ where several characters make one: nothing may
 * depend on this but where lines are broken.
 */
export function columnsOf(cluster: string): number {
  if (PLAIN_LETTER.test(cluster)) return 1
  const known = WIDTHS.get(cluster)
  if (known !== undefined) return known
  const columns = stringWidth(cluster)
  WIDTHS.set(cluster, columns)
  return columns
}

/** Columns that a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const cluster of clustersOf(text)) width += columnsOf(cluster.text)
  return width
}

/** The beginning of a text that fits into so many columns. */
export function cutTo(text: string, columns: number): string {
  let [shown, width] = ['', 0]
  for (const { text: cluster } of clustersOf(text)) {
    width += columnsOf(cluster)
    if (width > columns) break
    shown += cluster
  }
  return shown
}

// The last cluster of a piece may go on in the next one. What is longer than a piece is no letter any more.
function segment(text: string, index: number): string[] {
  const piece = text.slice(index, index + PIECE_UNITS)
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  const clusters = Array.from(segmenter.segment(piece), ({ segment }) => segment)
  const isLast = index + PIECE_UNITS >= text.length
  return isLast || clusters.length === 1 ? clusters : clusters.slice(0, -1)
}
