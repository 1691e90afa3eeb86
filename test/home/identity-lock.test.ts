import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import b4a from 'b4a'
import { expect, test, vi } from 'vitest'
import { seedOf } from '../../src/base/crypto.js'

const PASSPHRASE = 'correct horse battery staple'
const newHome = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))

/** The modules as a program that has just started has them: it was given no passphrase. */
async function freshProgram() {
  vi.resetModules()
  const [identity, lock] = await Promise.all([
    import('../../src/home/identity.js'),
    import('../../src/home/identity-lock.js')
  ])
  return { ...identity, ...lock }
}

test('a locked identity is there for who gives its passphrase, and for nobody else', async () => {
  const home = newHome()
  const first = await freshProgram()
  const { file = '', key, keyPair } = first.loadIdentity(home)
  await first.lockFile(file, PASSPHRASE)
  expect(first.loadIdentity(home).key).toBe(key)

  const second = await freshProgram()
  expect(second.needsPassphrase(file)).toBe(true)
  expect(() => second.loadIdentity(home)).toThrow(
    expect.objectContaining({ code: 'IDENTITY_LOCKED', exitCode: 2 })
  )
  // Who it is stands there.
  expect(second.keptIdentity(home)).toEqual({ key, file, isLocked: true })
  await expect(second.openLocked(file, 'correct horse battery stable')).rejects.toMatchObject({
    code: 'WRONG_PASSPHRASE',
    exitCode: 2
  })
  expect(second.needsPassphrase(file)).toBe(true)
  await second.openLocked(file, PASSPHRASE)
  expect(second.loadIdentity(home).keyPair).toEqual(keyPair)
  expect(readFileSync(file, 'utf8')).toMatch(/^swarmchat identity 2\n/)
  second.unlockFile(file)
  expect((await freshProgram()).loadIdentity(home).keyPair).toEqual(keyPair)
})

test('its file is its owner’s alone, and has nothing of the seed', async () => {
  const { loadIdentity, lockFile } = await freshProgram()
  const { file = '', keyPair } = loadIdentity(newHome())
  await lockFile(file, PASSPHRASE)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const seed = b4a.toString(seedOf(keyPair), 'hex')
  expect(readFileSync(file, 'utf8')).not.toContain(seed.slice(0, 16))
  const before = readFileSync(file, 'utf8')
  await lockFile(file, PASSPHRASE)
  // Another salt, another nonce.
  const lines = before.trim().split('\n').slice(2)
  for (const line of lines) expect(readFileSync(file, 'utf8')).not.toContain(line)
})

test('one that was altered, or that others may read, is refused and left alone', async () => {
  const { loadIdentity, lockFile } = await freshProgram()
  const { file = '' } = loadIdentity(newHome())
  await lockFile(file, PASSPHRASE)
  const text = readFileSync(file, 'utf8')
  const program = await freshProgram()
  // Somebody else's name before our seed.
  writeFileSync(file, text.replace(/public ../, 'public 00'))
  await expect(program.openLocked(file, PASSPHRASE)).rejects.toMatchObject({ code: 'BAD_IDENTITY' })
  writeFileSync(file, text.replace(/sealed ../, 'sealed zz'))
  await expect(program.openLocked(file, PASSPHRASE)).rejects.toMatchObject({ code: 'BAD_IDENTITY' })
  writeFileSync(file, text)
  chmodSync(file, 0o640)
  await expect(program.openLocked(file, PASSPHRASE)).rejects.toMatchObject({
    code: 'OPEN_IDENTITY'
  })
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('an empty passphrase is none', async () => {
  const { loadIdentity, lockFile } = await freshProgram()
  const { file = '' } = loadIdentity(newHome())
  const before = readFileSync(file, 'utf8')
  await expect(lockFile(file, '')).rejects.toMatchObject({ code: 'BAD_PASSPHRASE' })
  expect(readFileSync(file, 'utf8')).toBe(before)
})
