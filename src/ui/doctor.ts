import { Names } from '../base/names.js'
import { safeText } from '../base/safe-text.js'
import { type Checkup, type CheckupOptions, examine } from '../doctor/checkup.js'
import { type Finding, networksOffline, networksThatWork } from '../doctor/finding.js'
import { jsonLine } from '../ndjson/codec.js'
import type { PeerReport } from '../room/reach/report.js'
import type { CensusIo } from './peers/census.js'
import { reachLine, whyLine } from './why.js'

const MARKS = { ok: 'ok  ', warning: 'hmm ', failed: 'FAIL', skip: 'skip' } as const

/** Does a check-up and tells of it, as lines or as NDJSON. False if something failed; no verdict if it was interrupted. */
export async function showCheckup(
  options: Omit<CheckupOptions, 'onfinding'>,
  output: CensusIo['output'],
  json: boolean
): Promise<boolean> {
  const show = (finding: Finding) =>
    void output.write(json ? findingJson(finding) : `${findingLine(finding)}\n`)
  const checkup = await examine({ ...options, onfinding: show })
  if (options.interrupted?.aborted) return true
  output.write(
    json ? endJson(checkup) : `${endLines(checkup, options.room !== undefined).join('\n')}\n`
  )
  return checkup.verdict === 'healthy'
}

/** A finding as a line or two. Safe for a terminal. */
export function findingLine({ about, check, hint, state, text }: Finding): string {
  const what = about === undefined ? check : `${check} ${about}`
  const line = `${MARKS[state]}  ${what.padEnd(17)}  ${safeText(text)}`
  return hint === '' ? line : `${line}\n${' '.repeat(25)}${safeText(hint)}`
}

function endLines(checkup: Checkup, hasRoom: boolean): string[] {
  const { peers } = checkup
  if (!hasRoom || peers.length === 0) return [verdictLine(checkup)]
  return [
    reachLine(peers),
    ...peers.map(peer => `  ${whyLine(peer, new Names())}`),
    verdictLine(checkup)
  ]
}

/** The last line of a check-up. */
export function verdictLine({ findings, verdict }: Pick<Checkup, 'findings' | 'verdict'>): string {
  if (verdict === 'healthy') return 'Healthy.'
  if (verdict === 'ill') return failedLine(findings)
  const [working, missing] = [networksThatWork(findings), networksOffline(findings)]
  return `Offline: the ${missing.join(' and ')} network does not answer; ${working.join(' and ')}: ok.`
}

function failedLine(findings: Checkup['findings']): string {
  const count = findings.filter(({ state }) => state === 'failed').length
  return `${count} ${count === 1 ? 'check' : 'checks'} failed.`
}

/** A finding for programs. */
export function findingJson({ about, check, facts, hint, state, text }: Finding): string {
  return jsonLine({ type: 'check', check, about: about ?? null, state, text, hint, ...facts })
}

/** What a check-up comes to, for programs: the peers, and a last line. */
export function endJson({ findings, peers, verdict }: Checkup): string {
  const failed = findings.filter(({ state }) => state === 'failed').map(({ check }) => check)
  const summary = { type: 'summary', healthy: verdict === 'healthy', verdict, failed }
  return [...peers.map(peerJson), jsonLine(summary)].join('')
}

/** How a peer is reached, for programs: exact nicks, null where nothing is known. */
export function peerJson(report: PeerReport): string {
  const { at = null, code, device, dialled, hint, identity = null } = report
  const { networks, nick = null, reach, text, verified } = report
  const who = { type: 'peer', identity, device, nick }
  return jsonLine({ ...who, reach, dialled, verified, networks, code, text, hint, at })
}
