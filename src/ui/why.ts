import { type IdentityKey, shortId } from '../base/ids.js'
import { foldNick } from '../base/look-alike.js'
import type { Names } from '../base/names.js'
import { safeNick, safeText } from '../base/safe-text.js'
import type { PeerReport, Reach } from '../room/reach/report.js'

/** Fewest hex digits that name a peer. */
const MIN_KEY_DIGITS = 4
/** Of whom the same is said, so many are named. Guess: two rows of a terminal with the reason. */
const MAX_NAMED = 5

const STATES: readonly { readonly name: string; readonly of: readonly Reach[] }[] = [
  { name: 'direct', of: ['loopback', 'lan', 'direct'] },
  { name: 'relayed', of: ['relayed'] },
  { name: 'over other members', of: ['members'] },
  { name: 'unreachable', of: ['unreachable'] },
  { name: 'not tried yet', of: ['untried'] }
]

/**
 * The answer to `/why`, and to `/why <peer>`: how the peers of that nick or key (its first digits do) are reached, or
 * why not and what to do.
 */
export function whyLines(reports: readonly PeerReport[], wanted: string, names: Names): string[] {
  if (wanted === '') return [reachLine(reports), ...allLines(sorted(reports), names)]
  const meant = reports.filter(report => isMeant(report, wanted))
  if (meant.length > 0) return meant.map(report => whyLine(report, names))
  return [`! Nobody here is called ${safeText(wanted)}. /who lists the members.`]
}

/** How many are reached directly, through a relay, over other members, or not. */
export function reachLine(reports: readonly PeerReport[]): string {
  if (reports.length === 0) return 'Nobody else was found yet.'
  const counts = [...countReach(reports)].filter(([, found]) => found > 0)
  const parts = counts.map(([name, found]) => `${found} ${name}`)
  return `${reports.length} found: ${parts.join(', ')}`
}

/** How many are reached in which way, by its name. */
function countReach(reports: readonly PeerReport[]): Map<string, number> {
  return new Map(STATES.map(({ name, of }) => [name, count(reports, of)]))
}

/** A report as a line: who, why, and what to do. Safe for a terminal. */
export function whyLine(report: PeerReport, names: Names): string {
  return `${nameOf(report, names)}: ${reasonOf(report)}`
}

/** A line for all of whom the same is to be said: many programs that have ended are alike. */
function allLines(reports: readonly PeerReport[], names: Names): string[] {
  // BOUNDED: by the reports. Somebody on several devices is named once.
  const alike = new Map<string, Set<string>>()
  for (const report of reports) {
    const reason = reasonOf(report)
    alike.set(reason, (alike.get(reason) ?? new Set()).add(nameOf(report, names)))
  }
  return [...alike].map(([reason, who]) => `${someOf([...who])}: ${reason}`)
}

function someOf(who: readonly string[]): string {
  const rest = who.length - MAX_NAMED
  return [...who.slice(0, MAX_NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')
}

function reasonOf({ hint, text }: PeerReport): string {
  return safeText([text, hint].filter(part => part !== '').join(' '))
}

function nameOf({ device, identity, nick }: PeerReport, names: Names): string {
  if (identity === undefined) return shortId(device)
  const unknown =
    nick === undefined ? shortId(identity) : `${safeNick(nick)} (${shortId(identity)})`
  return names.ofMember(identity) ?? unknown
}

function isMeant({ device, identity, nick }: PeerReport, wanted: string): boolean {
  if (nick !== undefined && foldNick(nick) === foldNick(wanted)) return true
  const digits = wanted.toLowerCase()
  if (digits.length < MIN_KEY_DIGITS) return false
  return [device, identity].some((key?: PeerReport['device'] | IdentityKey) =>
    key?.startsWith(digits)
  )
}

function sorted(reports: readonly PeerReport[]): PeerReport[] {
  const rank = ({ reach }: PeerReport) => STATES.findIndex(({ of }) => of.includes(reach))
  return reports.toSorted((a, b) => rank(a) - rank(b))
}

function count(reports: readonly PeerReport[], of: readonly Reach[]): number {
  return reports.filter(({ reach }) => of.includes(reach)).length
}
