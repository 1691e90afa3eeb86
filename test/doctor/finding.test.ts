import { describe, expect, test } from 'vitest'
import type { PeerKey } from '../../src/base/ids.js'
import { checkClock } from '../../src/doctor/check-home.js'
import { type Finding, verdictOf } from '../../src/doctor/finding.js'
import { findingJson, findingLine, peerJson, verdictLine } from '../../src/ui/doctor.js'
import { censusJson } from '../../src/ui/peers/census-json.js'
import { schema } from '../support/schema.js'

const finding = (state: Finding['state'], more: Partial<Finding> = {}): Finding => ({
  check: 'network',
  about: 'local',
  state,
  text: 'It is so.',
  hint: '',
  ...more
})
const offline = finding('failed', {
  about: 'public',
  facts: { network: 'offline', nodes: 0, code: 'DHT_OFFLINE' }
})

describe('the verdict', () => {
  test('nothing failed: healthy, whatever was skipped', () => {
    const findings = [finding('ok'), finding('warning'), finding('skip')]
    expect(verdictOf(findings)).toBe('healthy')
    expect(verdictLine({ findings, verdict: 'healthy' })).toBe('Healthy.')
  })

  test('no internet, but another network works: offline, and says which', () => {
    const findings = [finding('ok', { check: 'home' }), finding('ok'), offline]
    expect(verdictOf(findings)).toBe('offline')
    expect(verdictLine({ findings, verdict: 'offline' })).toBe(
      'Offline: the public network does not answer; local: ok.'
    )
  })

  test('nothing works, or something else is wrong as well: ill', () => {
    expect(verdictOf([offline])).toBe('ill')
    expect(verdictOf([finding('ok'), offline, finding('failed', { check: 'identity' })])).toBe(
      'ill'
    )
    expect(verdictOf([finding('ok'), finding('failed', { facts: { code: 'NO_LAN' } })])).toBe('ill')
  })

  test('of one that is ill counts what failed', () => {
    const findings = [finding('ok'), finding('failed')]
    expect(verdictLine({ findings, verdict: 'ill' })).toBe('1 check failed.')
    expect(verdictLine({ findings: [...findings, finding('failed')], verdict: 'ill' })).toBe(
      '2 checks failed.'
    )
  })
})

test('what was not looked at is not called well', () => {
  const text = 'Clock not checked: name a room that has other members.'
  expect(checkClock([])).toMatchObject({ state: 'skip', hint: '', text })
  expect(findingLine(checkClock([]))).toMatch(/^skip {2}clock /)
})

describe('JSON', () => {
  const isDoctor = schema('doctor-1')
  const isPeers = schema('peers-1')
  const device = 'd'.repeat(64) as PeerKey

  test('begins with the type, and is in the schema', () => {
    const clock = findingJson(checkClock([]))
    expect(clock).toMatch(/^\{"type":"check","check":"clock",/)
    for (const found of [checkClock([1]), checkClock([], true), offline])
      expect(isDoctor(JSON.parse(findingJson(found))), findingJson(found)).toBe(true)
    const why = { code: 'DIRECT', text: 'x', hint: '' }
    const peer = { device, reach: 'direct', networks: [], dialled: true, verified: false } as const
    expect(peerJson({ ...peer, ...why })).toMatch(/^\{"type":"peer",/)
    expect(isDoctor(JSON.parse(peerJson({ ...peer, ...why })))).toBe(true)
  })

  test('of a census, likewise', () => {
    const peers = [{ device, state: 'announced', announcedAt: 1, unreachable: true }] as const
    const lines = censusJson({ peers, members: 0, announced: 1 }).split('\n').filter(Boolean)
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      expect(line).toMatch(/^\{"type":/)
      expect(isPeers(JSON.parse(line)), line).toBe(true)
    }
  })

  test('the schemas refuse what is none', () => {
    for (const isOne of [isDoctor, isPeers]) {
      expect(isOne({ type: 'dance' })).toBe(false)
      expect(isOne({ type: 'peer', device })).toBe(false)
      expect(isOne({ type: 'summary' })).toBe(false)
    }
    expect(isDoctor({ ...JSON.parse(findingJson(offline)), state: 'fine' })).toBe(false)
  })
})
