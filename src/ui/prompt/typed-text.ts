/** A text that is being typed, each line feed as {@link NEW_LINE}, and where in it the cursor is, in UTF-16 units. */
export interface TypedText {
  readonly text: string
  readonly cursor: number
}

/**
 * What stands for a line feed while a text is edited: for readline a line ends at a line feed. No keyboard makes it, and
 * pastes lose it.
 */
export const NEW_LINE = '\v'
