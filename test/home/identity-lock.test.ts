import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import b4a from 'b4a'
import { describe, expect, test, vi } from 'vitest'
import { seedOf } from '../../src/base/crypto.js'

const PASSPHRASE = 'correct horse battery staple'
const newHome = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))

/** The modules as a program that has just started has them: it was given no passphrase. */
async function freshProgram() {
  vi.resetModules()
  const [identity, lock, change, secrets] = await Promise.all([
    import('../../src/home/identity.js'),
    import('../../src/home/identity-lock.js'),
    import('../../src/home/change-identity.js'),
    import('../../src/home/room-secrets.js')
  ])
  return { ...identity, ...lock, ...change, ...secrets }
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
  second.unlockHome(home)
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

describe('the secrets of private rooms', () => {
  const TEAM = { name: 'team', secret: b4a.alloc(32, 13) }
  const OURS = { name: 'ours', secret: b4a.alloc(32, 14) }
  const coded = (code: string) => expect.objectContaining({ code })

  function filesIn(home: string): string[] {
    const directory = join(home, 'private')
    return readdirSync(directory).map(file => readFileSync(join(directory, file), 'utf8'))
  }

  function expectNoSecretIn(home: string): void {
    for (const { secret } of [TEAM, OURS])
      expect(filesIn(home).join()).not.toContain(b4a.toString(secret, 'hex').slice(0, 16))
  }

  /** A home with a locked identity and a private room, as a program left it that has ended. */
  async function lockedHome() {
    const home = newHome()
    const program = await freshProgram()
    const { file = '', keyPair } = program.loadIdentity(home)
    program.keepSecret(home, TEAM)
    await program.lockHome(home, PASSPHRASE)
    return { home, file, keyPair }
  }

  test('are locked and unlocked with the identity, and read by whoever gives its passphrase', async () => {
    const { file, home } = await lockedHome()
    expectNoSecretIn(home)
    const program = await freshProgram()
    expect(() => program.keptSecret(home, 'team')).toThrow(coded('IDENTITY_LOCKED'))
    expect(() => program.keepSecret(home, OURS)).toThrow(coded('IDENTITY_LOCKED'))
    // Which rooms there are is no secret, and nothing is wrong with them.
    expect(program.keptSecrets(home)).toEqual([])
    expect(program.privateNames(home)).toMatchObject([{ name: 'team' }])
    expect(program.unreadableSecrets(home)).toEqual([])
    await program.openLocked(file, PASSPHRASE)
    expect(program.keptSecret(home, 'team')).toEqual(TEAM)
    program.keepSecret(home, OURS)
    expectNoSecretIn(home)
    expect(program.keptSecrets(home)).toEqual([OURS, TEAM])
    program.unlockHome(home)
    const later = await freshProgram()
    expect(later.keptSecrets(home)).toEqual([OURS, TEAM])
    expect(filesIn(home).every(text => text.startsWith('swarmchat room 1\n'))).toBe(true)
  })

  test('are readable wherever locking or unlocking ends, and locked by the next passphrase', async () => {
    const home = newHome()
    const program = await freshProgram()
    const { file = '', keyPair } = program.loadIdentity(home)
    for (const room of [TEAM, OURS]) program.keepSecret(home, room)
    // Killed after the first file of two, and after both: the identity is open still.
    program.lockSecrets(home, keyPair)
    const [first = ''] = readdirSync(join(home, 'private'))
    const locked = readFileSync(join(home, 'private', first), 'utf8')
    expect((await freshProgram()).keptSecrets(home)).toEqual([OURS, TEAM])
    program.unlockSecrets(home, keyPair)
    writeFileSync(join(home, 'private', first), locked)
    expect((await freshProgram()).keptSecrets(home)).toEqual([OURS, TEAM])
    // Open beside a locked identity: as earlier versions left them.
    await program.lockFile(file, PASSPHRASE)
    const next = await freshProgram()
    await next.openLocked(file, PASSPHRASE)
    expectNoSecretIn(home)
    expect(next.keptSecrets(home)).toEqual([OURS, TEAM])
    // Killed before all files of rooms were open again.
    next.unlockHome(home)
    writeFileSync(join(home, 'private', first), locked)
    expect((await freshProgram()).keptSecrets(home)).toEqual([OURS, TEAM])
  })

  test('that were altered are damaged, and none is taken for another', async () => {
    const { file, home } = await lockedHome()
    const program = await freshProgram()
    await program.openLocked(file, PASSPHRASE)
    const [entry = ''] = readdirSync(join(home, 'private'))
    const path = join(home, 'private', entry)
    const good = readFileSync(path, 'utf8')
    for (const bad of [
      good.replace('name team', 'name tean'),
      good.replace(/sealed ../, 'sealed 00'),
      good.replace(/nonce ../, 'nonce 00'),
      good.replace(/topic ../, 'topic 00'),
      good.replace(/identity ../, 'identity zz')
    ]) {
      writeFileSync(path, bad)
      expect(() => program.keptSecret(home, 'team')).toThrow(coded('DAMAGED_SECRET'))
    }
  })

  test('come back with the words of a forgotten passphrase', async () => {
    const { home, keyPair } = await lockedHome()
    const program = await freshProgram()
    program.changeIdentity(home, keyPair)
    expect((await freshProgram()).keptSecret(home, 'team')).toEqual(TEAM)
  })

  test('stay with who has locked them if somebody else takes the place, until they come back', async () => {
    const { home, keyPair } = await lockedHome()
    const program = await freshProgram()
    const { freshIdentity } = program
    expect(program.changeIdentity(home, freshIdentity().keyPair)).toMatchObject({ lockedRooms: 1 })
    expect(() => program.keptSecret(home, 'team')).toThrow(coded('LOCKED_SECRET'))
    expect(program.changeIdentity(home, keyPair)).toMatchObject({ lockedRooms: 0 })
    expect((await freshProgram()).keptSecret(home, 'team')).toEqual(TEAM)
  })
})
