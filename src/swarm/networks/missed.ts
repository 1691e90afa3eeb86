/** What is asked of a network to tell whether it is missed. */
export interface Reachable {
  readonly problem?: { readonly code?: string } | undefined
}

/** False where a network is missing that nobody misses: a machine on no LAN, where there are other networks. */
export function isMissed({ problem }: Reachable, all: readonly unknown[]): boolean {
  return problem?.code !== 'NO_LAN' || all.length === 1
}

/** What is wrong with the networks that are missed, in their order. */
export function problemsOf<P>(
  all: readonly (Reachable & { readonly problem?: P | undefined })[]
): P[] {
  return all.flatMap(network => (isMissed(network, all) ? (network.problem ?? []) : []))
}
