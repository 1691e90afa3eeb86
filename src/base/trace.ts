import { safeText } from './safe-text.js'

/** Where a step was made: the protocol's pure machine, what joins it with the network, or the swarm. */
export const TRACE_AREAS = ['protocol', 'room', 'swarm'] as const
export type TraceArea = (typeof TRACE_AREAS)[number]

/** What a trace says about a step. Values that are undefined are left out of the line. */
export type TraceFields = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * One step of a running room or swarm, for whoever looks for a mistake. It names keys, ids, types and
 * sizes; never what was said, the name or secret of a room, or a secret key. Names and fields may
 * change with any version.
 */
export interface TraceEvent {
  readonly area: TraceArea
  /** What happened: `frame-received`, `dial-failed`, ... */
  readonly name: string
  readonly fields: TraceFields
}

/** Hears every step, in order, while it is made: it must be quick, and must not act on what it watches. */
export type OnTrace = (event: TraceEvent) => void

/** A step as one line without its end; what strangers chose cannot act on a terminal. */
export function traceLine({ area, fields, name }: TraceEvent): string {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined)
  return [area, name, ...said.map(([key, value]) => `${key}=${fieldText(value)}`)].join(' ')
}

// What has a blank or a quote is quoted, so that a line can be cut into its fields again.
function fieldText(value: TraceFields[string]): string {
  const text = safeText(String(value))
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}
