import { HOPS_MAX } from '../config.js'

/** A stranger's number as a hop count: 0 to HOPS_MAX. */
export function clampHops(hops: number): number {
  return Math.max(0, Math.min(HOPS_MAX, Math.floor(hops) || 0))
}
