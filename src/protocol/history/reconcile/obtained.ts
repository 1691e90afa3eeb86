import type { PeerKey } from '../../../base/ids.js'

/** History that arrived, as far as it matters for whom to tell of it. */
export interface Obtained {
  /** Who sent all of it, and so need not be told; of several, each may lack what came from the others. */
  readonly source: PeerKey | 'several'
  /** Some of it is under way, and broadcast will not bring it. */
  readonly isUntold: boolean
}

/** Collects what arrives until the others are told of it. */
export class ObtainedHistory {
  #obtained: Obtained | undefined

  /** A message came from this peer; true for the first one. */
  note(from: PeerKey, isUntold: boolean): boolean {
    const last = this.#obtained
    const source = last === undefined || last.source === from ? from : 'several'
    this.#obtained = { source, isUntold: isUntold || last?.isUntold === true }
    return last === undefined
  }

  /** What came since this was asked last; undefined if nothing did. */
  take(): Obtained | undefined {
    const obtained = this.#obtained
    this.#obtained = undefined
    return obtained
  }
}
