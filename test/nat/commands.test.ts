import { expect, test } from 'vitest'
import { type Cli, newHome } from '../support/cli.js'
import type { Host } from './lab/host.js'
import { within } from './lab/talk.js'
import { useLab } from './lab/use-lab.js'

const lab = useLab()
const NOBODY = '5'.repeat(64)

/** Every command that uses a network, and whether it stays until it is ended. */
const COMMANDS: readonly (readonly [args: readonly string[], stays: boolean])[] = [
  [['join', 'lobby', '--json'], true],
  [['bot', 'lobby', '--', 'cat'], true],
  [['listen'], true],
  [['relay'], true],
  [['send', 'lobby', 'hello', '--timeout', '5'], false],
  [['peers', 'lobby', '--timeout', '5'], false],
  [['doctor', 'lobby', '--timeout', '5'], false],
  [['connect', NOBODY], false]
]

const NETWORKS = ['auto', 'public', 'local', 'lan', 'isolated'] as const
const SENTENCE = /^swarmchat: [A-Za-z0-9].*[^.][.?]$/

/** It runs and ends as asked, or says why not; in any case with a documented exit code. */
async function behaves(cli: Cli, stays: boolean): Promise<number | null> {
  const said = () => cli.lines.length + cli.errors.length > 0
  if (stays) await cli.until(() => said() || cli.child.exitCode !== null)
  const running = stays && failure(cli) === undefined && cli.child.exitCode === null
  const code = running ? await cli.kill('SIGTERM') : await cli.exited
  if (running) expect(code, told(cli)).toBe(0)
  else expect([0, 1, 2], told(cli)).toContain(code)
  if (code !== 0 && cli.lines.length === 0) expect(failure(cli), told(cli)).toMatch(SENTENCE)
  return code
}

function failure({ errors }: Cli): string | undefined {
  return errors.find(line => line.startsWith('swarmchat: '))
}

function told({ child, errors, lines }: Cli): string {
  return [child.spawnargs.slice(2).join(' '), ...lines, ...errors].join('\n')
}

async function startAll(host: Host, network: string): Promise<void> {
  const flags = network === 'isolated' ? ['--bootstrap', nodes()] : ['--network', network]
  const started = COMMANDS.map(([args, stays]) => {
    const [command = '', ...words] = args
    const cli = host.start([command, ...flags, ...words], { SWARMCHAT_HOME: newHome() })
    return { cli, ended: behaves(cli, stays) }
  })
  const all = started.map(({ cli }) => cli)
  await within(100_000, network, Promise.all(started.map(({ ended }) => ended)), all)
}

function nodes(): string {
  return lab().dht.bootstrap
}

test.each(NETWORKS)(
  'without a LAN and without internet, on %s',
  { timeout: 120_000 },
  async network => {
    const host = lab().host('alone', lab().internet, lab().everything())
    host.setLink(false)
    await startAll(host, network)
  }
)

test.each(['auto', 'lan'])(
  'with internet and without a LAN, on %s',
  { timeout: 120_000 },
  async network => {
    await startAll(lab().host('open', lab().internet, lab().everything()), network)
  }
)

test.each(['auto', 'lan', 'public'])(
  'on a LAN without internet, on %s',
  { timeout: 120_000 },
  async network => {
    const nowhere = { SWARMCHAT_PUBLIC_BOOTSTRAP: '203.0.113.250:49737' }
    await startAll(lab().host('home', lab().home('none'), nowhere), network)
  }
)

test.each(['auto', 'local'])('without loopback, on %s', { timeout: 120_000 }, async network => {
  const host = lab().host('broken', lab().internet, lab().everything())
  host.namespace.ip('link', 'set', 'lo', 'down')
  await startAll(host, network)
})

test('a bootstrap node whose name does not resolve is named, alone and beside one that answers', async () => {
  const host = lab().host('open')
  const name = 'no-such-host.invalid'
  const join = host.start(['join', 'lobby', '--json', '--bootstrap', `${name}:49737`])
  const status = join.object('status', ({ text }) => String(text).includes(name))
  await within(30_000, 'the name is told', status, [join])
  expect((await status).text).toMatch(
    /^offline: the name no-such-host\.invalid cannot be resolved \((ENOTFOUND|EAI_AGAIN)\); still trying/
  )
  const both = `${name}:49737,${nodes()}`
  const doctor = host.start(['doctor', '--json', '--bootstrap', both])
  await within(30_000, 'the check-up ends', doctor.exited, [doctor])
  const found = doctor.objects.filter(({ check }) => check === 'network')
  expect(found).toMatchObject([{ state: 'warning', about: 'isolated', network: 'online' }])
  expect(found[0]?.text).toContain(name)
  expect(doctor.child.exitCode).toBe(0)
})

test('without internet a check-up says offline, not ill, and a chat who is found', async () => {
  const host = lab().host('home', lab().home('none'), {
    SWARMCHAT_PUBLIC_BOOTSTRAP: '203.0.113.250:49737'
  })
  const join = host.start(['join', 'lobby', '--json'])
  const status = join.object('status')
  await within(20_000, 'it is told', status, [join])
  expect((await status).text).toBe(
    'no internet: only people on this machine or on the local network are found; still trying'
  )
  const doctor = host.start(['doctor', '--json'])
  await within(30_000, 'the check-up ends', doctor.exited, [doctor])
  expect(doctor.objects.at(-1)).toMatchObject({ verdict: 'offline', failed: ['network'] })
})
