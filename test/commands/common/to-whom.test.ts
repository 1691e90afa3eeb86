import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import { identityGiven } from '../../../src/commands/common/to-whom.js'
import { Contacts } from '../../../src/home/contacts.js'

const home = mkdtempSync(`${tmpdir()}/swarmchat-`)
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('--to is an identity, in either case, or a contact by its name; others are refused', () => {
  vi.stubEnv('SWARMCHAT_HOME', home)
  const ana = 'ab'.repeat(32) as IdentityKey
  Contacts.in(home).setName(ana, 'ana')
  for (const word of [ana, ana.toUpperCase(), 'ana']) expect(identityGiven(word)).toBe(ana)
  for (const word of ['bob', '', ana.slice(1)])
    expect(() => identityGiven(word)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENTS' }))
})
