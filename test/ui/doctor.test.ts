import { expect, test } from 'vitest'
import { endJson, findingLine } from '../../src/ui/doctor.js'

test('what others wrote cannot touch the terminal', () => {
  const text = 'a\u001b[2Jb\u202e'
  const hint = 'c\u009b1md\r\ne'
  const lines = findingLine({ check: 'nat', state: 'failed', text, hint }).split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('a\uFFFD[2Jb\uFFFD')
  expect(lines[1]).toMatch(/ c\uFFFD1md ⏎ e$/)
})

test('programs are told which checks failed, and no others', () => {
  const finding = (check: 'nat' | 'room' | 'home', state: 'failed' | 'ok' | 'warning') =>
    ({ check, state, text: '', hint: '' }) as const
  const findings = [finding('nat', 'failed'), finding('room', 'ok'), finding('home', 'warning')]
  expect(JSON.parse(endJson({ findings, peers: [], verdict: 'ill' }))).toMatchObject({
    type: 'summary',
    healthy: false,
    verdict: 'ill',
    failed: ['nat']
  })
})
