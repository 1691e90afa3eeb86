import { Names } from '../base/names.js'
import { safeText } from '../base/safe-text.js'
import { type Checkup, type CheckupOptions, examine, type Finding } from '../doctor/checkup.js'
import { jsonLine } from '../ndjson/codec.js'
import type { PeerReport } from '../room/reach/report.js'
import type { CensusIo } from './census.js'
import { reachLine, whyLine } from './why.js'

const MARKS = { ok: 'ok  ', warning: 'hmm ', failed: 'FAIL' } as const

/** Does a check-up and tells of it, as lines or as NDJSON. True where this machine is healthy. */
export async function showCheckup(
  options: Omit<CheckupOptions, 'onfinding'>,
  output: CensusIo['output'],
  json: boolean
): Promise<boolean> {
  const show = (finding: Finding) =>
    void output.write(json ? findingJson(finding) : `${findingLine(finding)}\n`)
  const checkup = await examine({ ...options, onfinding: show })
  output.write(json ? endJson(checkup) : `${endLines(checkup, options.room).join('\n')}\n`)
  return checkup.healthy
}

/** A finding as a line or two. Safe for a terminal. */
export function findingLine({ about, check, hint, state, text }: Finding): string {
  const what = about === undefined ? check : `${check} ${about}`
  const line = `${MARKS[state]}  ${what.padEnd(17)}  ${safeText(text)}`
  return hint === '' ? line : `${line}\n${' '.repeat(25)}${safeText(hint)}`
}

function endLines({ healthy, peers }: Checkup, room: string | undefined): string[] {
  const verdict = healthy ? 'Healthy.' : 'Not healthy: see what FAILs.'
  if (room === undefined || peers.length === 0) return [verdict]
  const nobody = new Names()
  return [reachLine(peers), ...peers.map(peer => `  ${whyLine(peer, nobody)}`), verdict]
}

function findingJson({ about, check, facts = {}, hint, state, text }: Finding): string {
  return jsonLine({ ...facts, type: 'check', check, about: about ?? null, state, text, hint })
}

function endJson({ findings, healthy, peers }: Checkup): string {
  const failed = findings.filter(({ state }) => state === 'failed').map(({ check }) => check)
  return [...peers.map(peerJson), jsonLine({ type: 'summary', healthy, failed })].join('')
}

/** How a peer is reached, for programs: exact nicks, null where nothing is known. */
function peerJson(report: PeerReport): string {
  const { at = null, code, device, dialled, hint, identity = null } = report
  const { networks, nick = null, reach, text, verified } = report
  const who = { type: 'peer', identity, device, nick }
  return jsonLine({ ...who, reach, dialled, verified, networks, code, text, hint, at })
}
