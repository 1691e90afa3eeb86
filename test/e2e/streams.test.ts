import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type Cli, newHome, PROGRAM } from '../support/cli.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const hasFullDevice = existsSync('/dev/full')

const world = useCli()

type Place = number | 'pipe' | 'ignore'

function run(args: readonly string[], output: Place, errors: Place = 'pipe') {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['pipe', output, errors],
    env: { ...process.env, ...world.env, SWARMCHAT_HOME: newHome() }
  })
  world.add({ close: () => child.kill('SIGKILL') })
  const exited: Promise<number | null> = once(child, 'close').then(([code]) => code)
  return { child, exited, said: child.stderr ? textOf(child.stderr) : Promise.resolve('') }
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

async function withFullDevice<T>(work: (device: number) => Promise<T>): Promise<T> {
  const device = openSync('/dev/full', 'w')
  try {
    return await work(device)
  } finally {
    closeSync(device)
  }
}

/** A member that hears who comes and goes. */
const witness = () => world.person('ben')

async function left(cli: Cli, nick: string): Promise<void> {
  await cli.object('leave', o => o.nick === nick)
}

const JOIN = ['join', 'lobby', '--nick', 'ann', '--json']

describe('a reader that has had enough', () => {
  test.each([
    ['topic', 'lobby'],
    ['whoami'],
    ['--version'],
    ['--help'],
    ['peers', 'nobody'],
    ['doctor', ''],
    ['doctor', 'nobody']
  ])('of %s %s: exit code 0, and not a word', async (...args) => {
    const { child, exited, said } = run(args.filter(Boolean), 'pipe')
    child.stdout?.destroy()
    expect(await said).toBe('')
    expect(await exited).toBe(0)
  })

  test('of a chat: the room is left properly, exit code 0', async () => {
    const ben = await witness()
    const { child, exited, said } = run(JOIN, 'pipe')
    await ben.object('join', o => o.nick === 'ann')
    child.stdout?.destroy()
    ben.say('are you there?')
    await left(ben, 'ann')
    expect(await exited).toBe(0)
    expect(await said).toBe('')
  })
})

describe.runIf(hasFullDevice)('a full disk', () => {
  test.each([['topic', 'lobby'], ['whoami'], ['--help'], ['peers', 'nobody', '--timeout', '1']])(
    'under the output of %s %s: one sentence, exit code 1',
    async (...args) => {
      const { code, text } = await withFullDevice(async device => {
        const { exited, said } = run(args, device)
        return { code: await exited, text: await said }
      })
      expect(text).toBe(
        'swarmchat: Standard output cannot be written: the disk is full.\n  Make room there, or write somewhere else.\n'
      )
      expect(code).toBe(1)
    }
  )

  test('under the output of a chat: one sentence, exit code 1', async () => {
    const ben = await witness()
    await withFullDevice(async device => {
      const { exited, said } = run(JOIN, device)
      ben.say('something to write')
      expect(await exited).toBe(1)
      expect(await said).toMatch(/^swarmchat: Standard output cannot be written: [^\n]*\n[^\n]*\n$/)
    })
  })

  test('under what is said on stderr changes nothing', async () => {
    await withFullDevice(async device => {
      expect(await run(['topic', 'lobby'], 'ignore', device).exited).toBe(0)
      expect(await run(['topic', ' '], 'ignore', device).exited).toBe(2)
    })
  })
})

test('a terminal that is closed: the room is left properly, exit code 0', async () => {
  const ben = await witness()
  const env = { ...world.env, SWARMCHAT_HOME: newHome() }
  const window = world.add(new TerminalWindow([process.execPath, PROGRAM, ...JOIN], { env }))
  await ben.object('join', o => o.nick === 'ann')
  window.hangUp()
  await left(ben, 'ann')
  expect(await window.exited).toBe(0)
})
