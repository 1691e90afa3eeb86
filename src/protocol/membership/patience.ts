import type { Millis } from '../../base/time.js'
import type { PlaceState } from './active-view.js'
import type { MembershipTuning } from './tuning.js'

/** How long a link may stay in this state; in that of a neighbour for ever. */
export function patience(state: PlaceState, tuning: MembershipTuning): Millis {
  switch (state) {
    case 'visiting':
    case 'parting':
      return tuning.visitMillis
    case 'refused':
      return tuning.refusedPauseMillis
    case 'awaiting':
    case 'requested':
      return tuning.neighborTimeoutMillis
    case 'active':
      return Number.POSITIVE_INFINITY
  }
}
