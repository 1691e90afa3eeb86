/** One thing that was looked at. */
export interface Finding {
  /** What was looked at; `network`, `nat` come once per network, named in `about`. */
  readonly check: 'hub' | 'home' | 'identity' | 'clock' | 'network' | 'nat' | 'room'
  readonly about?: string | undefined
  /** failed: it keeps us from talking; warning: it may make it harder; skip: it was not looked at, or nobody can tell. */
  readonly state: 'ok' | 'warning' | 'failed' | 'skip'
  /** A sentence for a person. */
  readonly text: string
  /** What to do; empty where nothing needs to be done. */
  readonly hint: string
  /** The same for programs. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined
}

/**
 * What all findings come to. healthy: none failed; offline: nothing failed but networks that do not answer, and another
 * one works; ill: something else.
 */
export type Verdict = 'healthy' | 'offline' | 'ill'

/** The verdict over these findings. Pure. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const failed = findings.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return 'healthy'
  return failed.every(isOffline) && networksThatWork(findings).length > 0 ? 'offline' : 'ill'
}

/** The names of the networks that answer. */
export function networksThatWork(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ check, state }) => check === 'network' && state === 'ok')
    .map(({ about }) => about ?? '')
}

/** The names of the networks that do not. */
export function networksOffline(findings: readonly Finding[]): string[] {
  return findings.filter(isOffline).map(({ about }) => about ?? '')
}

function isOffline({ check, facts, state }: Finding): boolean {
  return check === 'network' && state === 'failed' && facts?.code === 'DHT_OFFLINE'
}
