import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatAddress } from '../../src/swarm/networks/addresses.js'
import { type PipeProcess, swarmchat } from '../support/pipe-process.js'
import { testWith } from '../support/programs.js'
import { Sshd } from '../support/sshd.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

const RUN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const KEY = /listening: ([0-9a-f]{64})/
const PORT = /listening: 127\.0\.0\.1:(\d+)/
const run = promisify(execFile)

let testnet: Testnet
let sshd: Sshd | undefined
const running: PipeProcess[] = []

beforeEach(async () => {
  testnet = await createTestnet()
})

afterEach(async () => {
  for (const { child, exited } of running.splice(0)) {
    child.kill('SIGKILL')
    await exited
  }
  await sshd?.stop()
  sshd = undefined
  await testnet.close()
})

const bootstrap = () => testnet.bootstrap.map(formatAddress).join()

function start(...args: string[]): PipeProcess {
  const started = swarmchat(args, { SWARMCHAT_BOOTSTRAP: bootstrap() })
  running.push(started)
  return started
}

/** What a command line prints; the environment reaches a ProxyCommand too. */
async function output(command: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, SWARMCHAT_BOOTSTRAP: bootstrap() }
  return (await run(command, args, { env })).stdout
}

const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const testSsh = testWith('scp', 'ssh', 'ssh-keygen', 'sshd')

testSsh('ssh reaches a server by key alone, as its ProxyCommand', async () => {
  sshd = await Sshd.start()
  const listening = start('listen', '--tcp', `127.0.0.1:${sshd.port}`)
  const key = await listening.says(KEY)
  const proxy = `ProxyCommand='${process.execPath}' '${RUN}' connect ${key}`
  const said = await output('ssh', [
    ...sshd.options,
    '-o',
    proxy,
    `${sshd.user}@somewhere`,
    'echo hello from there'
  ])
  expect(said).toBe('hello from there\n')
  listening.child.kill('SIGTERM')
  expect(await listening.exited).toBe(0)
})

testSsh(
  'scp carries 100 MB there and back, beside an ssh, over a local port',
  {
    timeout: 300_000
  },
  async () => {
    sshd = await Sshd.start()
    const { directory, options, user } = sshd
    const listening = start('listen', '--tcp', String(sshd.port))
    const connecting = start('connect', await listening.says(KEY), '--tcp', '0')
    const port = await connecting.says(PORT)
    const bytes = randomBytes(100_000_000)
    const [from, there, back] = ['from', 'there', 'back'].map(name => join(directory, name)) as [
      string,
      string,
      string
    ]
    writeFileSync(from, bytes)
    const remote = `${user}@127.0.0.1`
    const copying = output('scp', [...options, '-P', port, from, `${remote}:${there}`])
    const beside = output('ssh', [...options, '-p', port, remote, 'echo beside'])
    expect(await beside).toBe('beside\n')
    await copying
    expect(sum(readFileSync(there))).toBe(sum(bytes))
    await output('scp', [...options, '-P', port, `${remote}:${there}`, back])
    expect(sum(readFileSync(back))).toBe(sum(bytes))
    connecting.child.kill('SIGTERM')
    expect(await connecting.exited).toBe(0)
  }
)

test('a bad address, a port that is taken, a key under which nobody is', async () => {
  const bad = start('listen', '--tcp', 'ssh')
  expect(await bad.exited).toBe(2)
  expect(bad.stderr).toContain('"ssh" is not a TCP address: it has to end with a port.')
  const taken = start('connect', '00'.repeat(32), '--tcp', `127.0.0.1:${await busyPort()}`)
  expect(await taken.exited).toBe(2)
  expect(taken.stderr).toContain('another program has it')
  const nobody = start('connect', '00'.repeat(31).concat('01'), '--tcp', '0')
  expect(await nobody.exited).toBe(1)
  expect(nobody.stderr.match(/Nobody is listening under that key/g)).toHaveLength(1)
})

async function busyPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return (server.address() as { port: number }).port
}
