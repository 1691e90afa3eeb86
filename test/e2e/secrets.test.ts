import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seedOf } from '../../src/base/crypto.js'
import type { Topic } from '../../src/base/ids.js'
import { openDevice } from '../../src/home/device-key.js'
import { loadIdentity } from '../../src/home/identity.js'
import { directKey } from '../../src/protocol/access/direct.js'
import { proofKey } from '../../src/protocol/access/handshake.js'
import { openRoomKeys } from '../../src/room/keys.js'
import { type Cli, newHome } from '../support/cli.js'
import { Leaks } from '../support/leaks.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()
const PASSWORD = 'correct horse battery staple'
const PASSPHRASE = 'velvet quarry lantern oboe mint'
const EXPORT_PASSPHRASE = 'seven purple marmots in the rain'
const onLinux = process.platform === 'linux'

/** All that was written by the programs of a test. */
class Outputs {
  readonly #running: Cli[] = []
  readonly #texts: string[] = []

  of(cli: Cli): Cli {
    this.#running.push(cli)
    return cli
  }

  add(...texts: string[]): void {
    this.#texts.push(...texts)
  }

  /** Everything until now. */
  get all(): string {
    const said = this.#running.flatMap(({ errors, lines }) => [...lines, ...errors])
    return [...this.#texts, ...said].join('\n')
  }
}

/** Command lines of a program and of what it started. */
function argumentsOf({ child }: Cli): string {
  if (!onLinux) return ''
  const task = `/proc/${child.pid}/task/${child.pid}/children`
  const children = readFileSync(task, 'utf8').trim().split(' ').filter(Boolean)
  return [child.pid, ...children]
    .map(pid => readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
    .join('\n')
}

test('whatever is looked for would be found', () => {
  const { keyPair } = loadIdentity(newHome())
  const leaks = new Leaks().seed('seed', seedOf(keyPair)).text('password', PASSWORD)
  expect(leaks.spellings.length).toBeGreaterThan(30)
  for (const spelling of leaks.spellings)
    expect(leaks.in(`x ${spelling} x`), spelling).not.toEqual([])
  const blob = Buffer.concat([Buffer.from('in {'), seedOf(keyPair), Buffer.from('}')])
  for (const encoding of ['hex', 'base64', 'base64url'] as const)
    expect(leaks.in(blob.toString(encoding))).not.toEqual([])
  expect(leaks.in('nothing of it')).toEqual([])
})

test('no secret is in any output, argument, report of a crash or exported file of a whole run', async () => {
  const [home, bobs] = [newHome(), newHome()]
  const reports = mkdtempSync(join(tmpdir(), 'swarmchat-reports-'))
  const out = new Outputs()
  const leaks = new Leaks()
  const env = { SWARMCHAT_DEBUG: 'all', SWARMCHAT_PASSPHRASE: PASSPHRASE }
  const secrets = { ...env, SWARMCHAT_PASSWORD: PASSWORD }
  const report = `--report-on-signal --report-signal=SIGUSR2 --report-directory=${reports}`

  /** Runs a command in a home to its end. */
  const run = async (where: string, args: string[], more: Record<string, string> = {}) => {
    const cli = out.of(world.start(args, { ...env, ...more }, where))
    cli.child.stdin.end()
    return { code: await cli.exited, text: cli.lines.join('\n') }
  }
  const chat = (where: string, nick: string, room: string, more: Record<string, string> = {}) => {
    const NODE_OPTIONS = `--require ${join(import.meta.dirname, '../support/guard-preload.cjs')} ${report}`
    const given = { ...env, NODE_OPTIONS, ...more }
    return out.of(world.start(['join', room, '--json', '--nick', nick], given, where))
  }

  // Who they are, and what is secret about it.
  const people = [home, bobs].map(where => loadIdentity(where))
  const [ana, bob] = people as [(typeof people)[0], (typeof people)[0]]
  leaks.seed("ana's identity", seedOf(ana.keyPair)).seed("bob's identity", seedOf(bob.keyPair))
  leaks.text('the passphrase', PASSPHRASE).text('the passphrase of the file', EXPORT_PASSPHRASE)
  leaks.text('the password', PASSWORD)
  const locked = await run(home, ['identity', 'lock'], { SWARMCHAT_NEW_PASSPHRASE: PASSPHRASE })
  expect(locked.code).toBe(0)

  // A chat with a password, and words for one member.
  const keys = await openRoomKeys({ name: 'team', password: PASSWORD })
  const open = await openRoomKeys({ name: 'lobby' })
  leaks.bytes('the secret of team', keys.secret).bytes('the proofs of team', proofKey(keys.secret))
  for (const { topic } of [keys, open])
    leaks.bytes('their key', directKey(ana.keyPair, bob.keyPair.publicKey, topic) ?? keys.secret)
  const inTeam = [
    chat(home, 'ana', 'team', { SWARMCHAT_PASSWORD: PASSWORD }),
    chat(bobs, 'bob', 'team', { SWARMCHAT_PASSWORD: PASSWORD })
  ] as const
  const [anaThere, bobThere] = inTeam
  await anaThere.object('join', ({ nick }) => nick === 'bob')
  anaThere.say('hello')
  await bobThere.object('message', ({ text }) => text === 'hello')
  anaThere.write(JSON.stringify({ type: 'direct', to: bob.key, text: 'for bob' }))
  await bobThere.object('direct')
  bobThere.write(JSON.stringify({ type: 'direct', to: ana.key, text: 'for ana, not for bob' }))
  await anaThere.object('direct', ({ from }) => from === bob.key)
  anaThere.write('not JSON')
  await anaThere.object('error')
  for (const cli of inTeam) out.add(argumentsOf(cli))
  for (const cli of inTeam) cli.child.kill('SIGUSR2')
  await expect.poll(() => readdirSync(reports).length, { timeout: 60_000 }).toBe(2)
  await run(bobs, ['peers', 'team', '--json', '--timeout', '3'], secrets)
  await run(home, ['doctor', 'team', '--json'], secrets)
  await run(home, ['doctor'])
  const sent = await run(bobs, ['send', 'team', 'one more'], secrets)
  expect(sent.code).toBe(0)

  // A crash: one end dies of a signal that dumps cores; the others end as they should.
  await anaThere.kill('SIGABRT')
  await bobThere.kill('SIGTERM')
  const named = readdirSync(reports)
  out.add(...named, ...named.map(name => readFileSync(join(reports, name), 'utf8')))

  // What is kept, in every form.
  for (const where of [home, bobs]) {
    for (const args of [
      ['history', 'team'],
      ['history', 'team', '--json']
    ])
      expect((await run(where, args, secrets)).text).toContain('for bob')
    for (const args of [
      ['export', 'team'],
      ['export', 'team', '--format', 'markdown']
    ])
      expect((await run(where, args, secrets)).text).toContain('hello')
    for (const args of [
      ['rooms'],
      ['whoami', '--json'],
      ['identity', 'show'],
      ['contacts', '--json']
    ])
      expect((await run(where, args)).code).toBe(0)
  }
  const file = join(home, 'taken-along.json')
  const exported = await run(home, ['identity', 'export', file], {
    SWARMCHAT_NEW_PASSPHRASE: EXPORT_PASSPHRASE
  })
  expect(exported.code).toBe(0)
  out.add(readFileSync(file, 'utf8'), readFileSync(join(home, 'identity'), 'utf8'))

  // What goes wrong.
  const wrong = { SWARMCHAT_PASSPHRASE: `${PASSPHRASE} and more`, SWARMCHAT_DEBUG: '1' }
  for (const args of [
    ['send', 'lobby', 'x'],
    ['identity', 'unlock'],
    ['identity', 'import', file]
  ])
    expect((await run(home, args, wrong)).code).toBe(2)
  await run(home, ['send', 'team', 'x', '--timeout', '1'], { ...secrets, SWARMCHAT_DEBUG: '1' })

  // A bot, which is told nothing of ours, and crashes.
  const directory = join(home, 'scripts')
  mkdirSync(directory)
  const script = join(directory, 'nosy.js')
  writeFileSync(
    script,
    `console.error(JSON.stringify(process.env)); console.error(process.argv.join(' '))
export default bot => { bot.on('start', () => { throw new Error('crash') }) }\n`
  )
  const bot = out.of(world.start(['bot', 'team', script], secrets, home))
  await bot.error(/crash/)
  out.add(argumentsOf(bot))
  await bot.kill('SIGTERM')

  for (const { topic } of [keys, open] as { topic: Topic }[]) {
    const device = openDevice(home, topic)
    leaks.bytes('a device key', seedOf(device.keyPair))
    device.release()
  }
  expect(out.all.length).toBeGreaterThan(10_000)
  expect(out.all).toContain('"reportVersion"')
  expect(leaks.in(out.all)).toEqual([])
}, 300_000)
