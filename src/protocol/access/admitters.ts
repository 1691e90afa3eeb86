import type { IdentityKey, PeerKey, Topic } from '../../base/ids.js'

/** Devices that let in by an invitation that any member admits by. Requirement. */
const MAX_ADMITTERS = 3

/** A device that is in the room. */
export interface PresentDevice {
  readonly device: PeerKey
  readonly identity: IdentityKey
}

/** Those who are in the room, each device once, in the order of their keys. */
export function inOrder(present: readonly PresentDevice[]): PresentDevice[] {
  const byKey = new Map(present.map(each => [each.device, each]))
  return [...byKey.values()].sort((a, b) => (a.device < b.device ? -1 : 1))
}

/**
 * The devices that let in by an invitation that any member admits by, three at most: that of its maker with the
 * lowest key, if one is there, and those whose keys come next after the invitation's topic, the lowest after the highest. So
 * members who see the same room choose the same, and no invitations have all of theirs at one place. `present`: as
 * {@link inOrder} gives it.
 */
export function admittersOf(
  topic: Topic,
  author: IdentityKey,
  present: readonly PresentDevice[]
): PeerKey[] {
  const [maker] = present.filter(({ identity }) => identity === author)
  const chosen = new Set(maker && [maker.device])
  const after = present.findIndex(({ device }) => `${device}` > `${topic}`)
  const start = Math.max(0, after)
  for (let step = 0; step < present.length && chosen.size < MAX_ADMITTERS; step++) {
    const next = present[(start + step) % present.length]
    if (next !== undefined) chosen.add(next.device)
  }
  return [...chosen]
}
