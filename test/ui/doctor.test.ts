import { expect, test } from 'vitest'
import { findingLine } from '../../src/ui/doctor.js'

test('what others wrote cannot touch the terminal', () => {
  const text = 'a\u001b[2Jb\u202e'
  const hint = 'c\u009b1md\r\ne'
  const lines = findingLine({ check: 'nat', state: 'failed', text, hint }).split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('a\uFFFD[2Jb\uFFFD')
  expect(lines[1]).toMatch(/ c\uFFFD1md ⏎ e$/)
})
