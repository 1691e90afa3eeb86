/** What became of messages that were handed over: these numbers of them. */
export interface Merged {
  /** They are new. */
  readonly imported: number
  /** They were there. */
  readonly known: number
  /** They are not taken. */
  readonly refused: number
}
