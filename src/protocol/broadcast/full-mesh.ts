import type { PeerKey } from '../../base/ids.js'
import type { Tree } from './tree.js'

/** Who is in the room, as far as we know; we are not counted. */
export interface Attendance {
  /** Devices that are here. */
  readonly deviceCount: number
  /** True if this device is. */
  has(device: PeerKey): boolean
}

/** A room of which nothing is known: it is never a full mesh. */
const UNKNOWN_ATTENDANCE: Attendance = {
  deviceCount: Number.POSITIVE_INFINITY,
  has: () => false
}

/** Whether everybody in the room is linked to everybody: what is said is one hop away from all then. */
export class FullMesh {
  readonly #tree: Tree
  readonly #attendance: Attendance

  constructor(tree: Tree, attendance: Attendance = UNKNOWN_ATTENDANCE) {
    this.#tree = tree
    this.#attendance = attendance
  }

  /** How many we reach ourselves if all whom we know of are our neighbours; undefined if they are not. */
  get reach(): number | undefined {
    const { size } = this.#tree
    if (size === 0 || this.#attendance.deviceCount > size) return undefined
    return this.#known() === size ? size : undefined
  }

  /** True if an author that has reached so many has reached all whom we know of. */
  covers(reached: number): boolean {
    return this.#attendance.deviceCount <= reached && this.#known() <= reached
  }

  /** Those who are here, and neighbours that have not said so yet. */
  #known(): number {
    return (
      this.#attendance.deviceCount + this.#silent(this.#tree.eager) + this.#silent(this.#tree.lazy)
    )
  }

  #silent(neighbours: ReadonlySet<PeerKey>): number {
    let silent = 0
    for (const peer of neighbours) if (!this.#attendance.has(peer)) silent += 1
    return silent
  }
}
