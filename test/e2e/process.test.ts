import { spawn } from 'node:child_process'
import { chownSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { newHome, PROGRAM, runCli } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

describe('an old Node', () => {
  const preload = new URL('../support/old-node.cjs', import.meta.url).pathname
  const pretend = (version: string) =>
    runCli(['--version'], { NODE_OPTIONS: `--require ${preload}`, PRETENDED_NODE: version })

  test.each(['10.24.1', '18.20.4', '20.11.1'])('%s is told so in a sentence', async version => {
    expect(await pretend(version)).toEqual({
      code: 2,
      stdout: '',
      stderr: `swarmchat: Node ${version} is too old.\n  Install Node 20.12 or a later one: https://nodejs.org`
    })
  })

  test.each(['20.12.0', '22.1.0'])('%s is none', async version => {
    expect(await pretend(version)).toMatchObject({ code: 0, stderr: '' })
  })

  test('can read the file that says it: it needs no module, and no later syntax', () => {
    const source = readFileSync(PROGRAM, 'utf8')
    expect(() => new Function(source.replace(/^#!.*/, ''))).not.toThrow()
    expect(source).not.toMatch(/\?\.|\?\?|^import |\bawait\b|#[a-z]|\d_\d|\|\|=/m)
  })
})

test('the young generation of a command stays small, so that little waits to be collected', async () => {
  const preload = new URL('../support/garbage-preload.cjs', import.meta.url).pathname
  const world = { NODE_OPTIONS: `--require ${preload}`, SWARMCHAT_HOME: newHome() }
  const megabytes = async (...args: string[]) =>
    Number((await runCli(args, world)).stdout.split('\n').at(-1))
  expect(await megabytes('topic', 'lobby')).toBeLessThan(4)
})

test.runIf(process.platform === 'linux')(
  'no argument stands in the list of processes',
  async () => {
    const cli = world.start(['join', 'a-secret-name', '--nick', 'ann', '--json'])
    await cli.object('ready')
    const line = readFileSync(`/proc/${cli.child.pid}/cmdline`, 'utf8')
    expect(line).not.toMatch(/secret|ann|json/)
    expect(line).toMatch(/^swarmchat join\0/)
  }
)

// Only root may be somebody else.
describe.runIf(process.getuid?.() === 0)('a user id that the system has no name for', () => {
  const UNNAMED = 54_321

  function runAsNobody(...args: string[]): Promise<{ code: number | null; text: string }> {
    const { HOME: _, SHELL: __, ...set } = process.env
    const env = { ...set, ...world.env, SWARMCHAT_HOME: newHome() }
    chownSync(env.SWARMCHAT_HOME, UNNAMED, UNNAMED)
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      uid: UNNAMED,
      gid: UNNAMED,
      env
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
    child.stdin.end()
    return new Promise(resolve => child.once('close', code => resolve({ code, text })))
  }

  test.each([['--version'], ['--help'], ['topic', 'lobby'], ['whoami'], ['doctor']])(
    'is no hindrance to %s',
    async (...args) => {
      const { code, text } = await runAsNobody(...args)
      expect(text).not.toMatch(/ENOENT|should not happen/)
      expect(code).toBe(0)
    }
  )

  test('may send, and is called by the short key', async () => {
    const ana = await world.person('ana')
    const { code, text } = await runAsNobody('send', 'lobby', 'hello')
    expect({ code, text }).toEqual({ code: 0, text: '1 member got it.\n' })
    const { nick } = await ana.object('message', o => o.text === 'hello')
    expect(nick).toMatch(/^[0-9a-f]{8}$/)
  })
})
