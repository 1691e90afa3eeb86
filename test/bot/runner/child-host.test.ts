import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { logTo } from '../../../src/bot/log.js'
import { type ChildHost, startChild } from '../../../src/bot/runner/child-host.js'
import { gone } from '../../support/processes.js'
import { fakeSlot } from './fake-slot.js'

interface Started {
  readonly host: ChildHost
  /** Resolves when the program has written such a line on stderr. */
  writes(line: string | RegExp): Promise<string>
}

async function start(...command: string[]): Promise<Started> {
  const lines: string[] = []
  let seen = deferred()
  const log = logTo((_, message) => {
    lines.push(message)
    seen.resolve()
  })
  const host = await startChild({ command, log, env: process.env, bots: false, allow: undefined })
  onTestFinished(() => host.stop(0))
  const writes = async (fits: string | RegExp) => {
    for (;;) {
      const line = lines.find(line => line.match(fits))
      if (line !== undefined) return line
      seen = deferred()
      await seen.promise
    }
  }
  return { host, writes }
}

function file(text: string, mode: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'bot.py')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

describe('a program that cannot be started', () => {
  it('is not there', async () => {
    await expect(start('nosuchprog', '--fast')).rejects.toMatchObject({
      code: 'NO_PROGRAM',
      message: 'There is no program nosuchprog.',
      exitCode: 2
    })
  })

  it('is a whole command line in one word', async () => {
    await expect(start('python3 bot.py')).rejects.toMatchObject({
      code: 'NO_PROGRAM',
      hint: expect.stringContaining('a word of its own')
    })
  })

  it('is not executable', async () => {
    const path = file('#!/usr/bin/env python3\n', 0o600)
    await expect(start(path)).rejects.toMatchObject({
      code: 'NOT_EXECUTABLE',
      message: `${path} is not executable.`
    })
  })

  it('names an interpreter that is not there', async () => {
    const path = file('#!/nowhere/python9\n', 0o700)
    await expect(start(path)).rejects.toMatchObject({
      code: 'BAD_PROGRAM',
      message: expect.stringContaining('interpreter')
    })
  })
})

it('what a program leaves behind ends with it', async () => {
  const leaves = file('sleep 1000 & echo $! >&2', 0o600)
  const { host, writes } = await start('bash', leaves)
  host.enter(fakeSlot().slot)
  const pid = Number(await writes(/^\d+$/))
  expect(await host.ended).toEqual({ type: 'done' })
  await gone(pid)
})

describe('what a program writes', () => {
  it('is obeyed also if it ended before the bot was in a room', async () => {
    const speaks = file(`echo '{"type":"say","text":"that is all"}'; echo $$ >&2`, 0o600)
    const { host, writes } = await start('bash', speaks)
    await gone(Number(await writes(/^\d+$/)))
    const { said, slot } = fakeSlot()
    host.enter(slot)
    expect(await host.ended).toEqual({ type: 'done' })
    expect(said).toEqual(['that is all'])
  })

  it('is not read before the bot is in a room, and all of it then', async () => {
    const writer = file(
      `import json, os, sys, time
line = (json.dumps({'type': 'say', 'text': 'x' * 8000}) + chr(10)).encode()
os.set_blocking(1, False)
left, vain = line * 1000, 0
while left and vain < 100:
    try:
        left = left[os.write(1, left):]
        vain = 0
    except BlockingIOError:
        vain += 1
        time.sleep(0.01)
print('blocked' if left else 'all was read', file=sys.stderr, flush=True)
os.set_blocking(1, True)
while left: left = left[os.write(1, left):]
`,
      0o600
    )
    const { host, writes } = await start('python3', writer)
    expect(await writes(/blocked|all was read/)).toBe('blocked')
    const { said, slot } = fakeSlot()
    host.enter(slot)
    expect(await host.ended).toEqual({ type: 'done' })
    expect(said).toHaveLength(1_000)
  })

  it('may begin with a byte order mark', async () => {
    const { host } = await start('printf', String.raw`\xef\xbb\xbf{"type":"say","text":"hi"}\n`)
    const { said, slot } = fakeSlot()
    host.enter(slot)
    await host.ended
    expect(said).toEqual(['hi'])
  })
})
