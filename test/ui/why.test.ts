import { expect, test } from 'vitest'
import type { IdentityKey, PeerKey } from '../../src/base/ids.js'
import { Names } from '../../src/base/names.js'
import type { PeerReport, Reach } from '../../src/room/reach/report.js'
import { explainFailure, explainPath, explainRefusal } from '../../src/room/reach/why.js'
import { reachLine, whyLines } from '../../src/ui/why.js'

const nobody = new Names()

let made = 0
function report(reach: Reach, nick?: string, why: Partial<PeerReport> = {}): PeerReport {
  made += 1
  const device = made.toString(16).padStart(64, 'd') as PeerKey
  const identity = made.toString(16).padStart(64, 'a') as IdentityKey
  const known = nick === undefined ? {} : { nick, identity }
  const base = { device, networks: ['public'], dialled: true, verified: nick !== undefined }
  const path = reach === 'unreachable' ? 'untried' : reach
  return { ...base, ...known, reach, ...explainPath(path), ...why }
}

const failed = (code: string, randomised: boolean, present = false) =>
  explainFailure({ code, message: 'No.', network: 'public' }, randomised, present)

test('both NATs randomise: one sentence, and that any third member or a relay would help', () => {
  const { hint, text } = failed('HOLEPUNCH_ABORTED', true)
  expect(text).toMatch(
    /^Both NATs randomise: .* cannot be crossed directly \(as far as we can tell; tried over: public\)\.$/
  )
  expect(hint).toMatch(/Any third member .* a relay helps as well/)
  expect(failed('HOLEPUNCH_DOUBLE_RANDOMIZED_NATS', false).text).toMatch(/^Both NATs randomise/)
  expect(failed('HOLEPUNCH_ABORTED', false).text).not.toMatch(/randomise/)
})

test('a present member that is not reached directly is still heard over others', () => {
  const { text } = failed('HOLEPUNCH_ABORTED', true, true)
  expect(text).toMatch(/travels over other members\. Directly: Both NATs randomise/)
})

test('an unknown code is told in its own words', () => {
  expect(failed('NEVER_HEARD_OF', false).text).toBe('No (tried over: public).')
})

test('a link that was refused says why', () => {
  expect(explainRefusal('not-a-member', false).text).toMatch(
    /could not prove that it knows the room/
  )
})

test('/why alone: what there is, the best first', () => {
  const reports = [report('unreachable'), report('relayed', 'ben'), report('lan', 'ann')]
  const [sum, ann, ben, last] = whyLines(reports, '', nobody)
  expect(sum).toBe('3 found: 1 direct, 1 relayed, 1 unreachable')
  expect(ann).toMatch(/^ann .*: Linked directly, over the local network\.$/)
  expect(ben).toMatch(/^ben .*: Linked through a relay/)
  expect(last).toMatch(/^dddddddd/)
  expect(reachLine([])).toBe('Nobody else was found yet.')
})

test('/why alone: what is to be said of many is said once, and each of them is named once', () => {
  const gone = () => report('unreachable', undefined, failed('NO_ANSWER', false))
  const twice = report('unreachable', 'ben', failed('NO_ANSWER', false))
  const other = { ...twice, device: report('untried').device }
  const [, ann, rest, end] = whyLines([report('lan', 'ann'), twice, gone(), other], '', nobody)
  expect(ann).toMatch(/^ann /)
  expect(rest).toMatch(/^ben \(\S+\), d{8}: The other side was found nearby/)
  expect(end).toBeUndefined()
  const [, many] = whyLines(
    Array.from({ length: 12 }, (_, at) => ({
      ...gone(),
      device: `${10 + at}`.padEnd(64, 'd') as PeerKey
    })),
    '',
    nobody
  )
  expect(many).toMatch(/^(\d\dd{6}, ){5}and 7 more: The other side/)
})

test('/why <peer>: by nick, by key, by neither', () => {
  const [ann, ben] = [report('lan', 'Ann'), report('relayed', 'ben')]
  expect(whyLines([ann, ben], 'ann', nobody)).toHaveLength(1)
  expect(whyLines([ann, ben], ben.device, nobody)[0]).toMatch(/^ben/)
  expect(whyLines([ann, ben], 'aaaa', nobody)).toHaveLength(2)
  expect(whyLines([ann, ben], 'aaa', nobody)[0]).toMatch(/^! Nobody here is called aaa/)
})

test('strangers cannot touch the terminal', () => {
  const evil = report('unreachable', 'a\u001b[2J', { text: 'x\u001b]0;y\u0007' })
  expect(whyLines([evil], '', nobody).join()).not.toContain('\u001b')
  expect(whyLines([], 'a\u001b[2J', nobody).join()).not.toContain('\u001b')
})
