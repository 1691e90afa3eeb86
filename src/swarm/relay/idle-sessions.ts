/** What counts of a session on a relay when another one wants its place. */
export interface RelaySessionState {
  /** The IP address that it came from. */
  readonly host: string
  /** How many connections of it are relayed. */
  pairings: number
}

/**
 * Which of these makes room for one more from this address: of those that relay nothing, the oldest of the address that has most of
 * them with this one. Keys are free: so who opens sessions all the time throws out its own, and none that is about to be paired.
 */
export function whoMakesRoom<Stream>(
  sessions: ReadonlyMap<Stream, RelaySessionState>,
  host: string
): Stream | undefined {
  const idle = [...sessions].filter(([, { pairings }]) => pairings === 0)
  const counts = new Map([[host, 1]])
  for (const [, session] of idle) counts.set(session.host, (counts.get(session.host) ?? 0) + 1)
  let [found, most]: [Stream | undefined, number] = [undefined, 0]
  for (const [stream, session] of idle) {
    const count = counts.get(session.host) ?? 0
    if (count > most) [found, most] = [stream, count]
  }
  return found
}
