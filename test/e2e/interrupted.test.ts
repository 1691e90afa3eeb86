import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Cli } from '../support/cli.js'
import { freePort } from '../support/free-port.js'
import { useCli } from '../support/use-cli.js'

// A job that a signal cuts short has not been done, and the script that started it has to see that.

const world = useCli()
const NOWHERE = ['--bootstrap', '127.0.0.1:9', '--timeout', '60']
const NOBODY = 'ab'.repeat(32)

/** Linux only: resolves when the program listens for SIGHUP, which Node itself does not. */
async function listensForSignals({ child }: Cli): Promise<void> {
  for (;;) {
    const [, mask = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(statusOf(child.pid)) ?? []
    if (BigInt(`0x${mask}`) & 1n) return
    await sleep(20)
  }
}

function statusOf(pid: number | undefined): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8')
}

describe.runIf(process.platform === 'linux')('a job that is cut short', () => {
  test.each([
    [['send', 'lobby', 'hi', ...NOWHERE], 'SIGINT', 130],
    [['send', 'lobby', 'hi', ...NOWHERE], 'SIGTERM', 143],
    [['send', 'lobby', 'hi', ...NOWHERE], 'SIGHUP', 129],
    [['send', 'lobby'], 'SIGINT', 130],
    [['peers', 'lobby', ...NOWHERE], 'SIGINT', 130],
    [['doctor', 'lobby', ...NOWHERE], 'SIGTERM', 143],
    [['topic', '-'], 'SIGINT', 130],
    [['connect', NOBODY, '--bootstrap', '127.0.0.1:9'], 'SIGINT', 130]
  ] as const)('%j by %s ends with %i', async (args, signal, code) => {
    const cli = world.start(args)
    await listensForSignals(cli)
    expect(await cli.kill(signal)).toBe(code)
    expect(cli.errors.join('\n')).not.toMatch(/should not happen|^\s+at /m)
  })

  test('send says that nobody confirmed the message', async () => {
    const cli = world.start(['send', 'lobby', 'hi', ...NOWHERE])
    await listensForSignals(cli)
    await cli.kill('SIGINT')
    expect(cli.errors).toEqual([
      'swarmchat: Interrupted before anybody confirmed the message.',
      '  It may arrive all the same.'
    ])
    expect(cli.lines).toEqual([])
  })

  test('send says how many did, and how many it asked for; with --json as well', async () => {
    const ana = await world.person('ana')
    const send = (text: string, ...more: string[]) =>
      // The other one may have it, too.
      world.start(['send', 'lobby', text, '--wait', '3', '--timeout', '60', ...more])
    const [lines, json] = [send('a line'), send('an object', '--json')]
    for (const text of ['a line', 'an object']) await ana.object('message', o => o.text === text)
    expect([await lines.kill('SIGTERM'), await json.kill('SIGTERM')]).toEqual([143, 143])
    const sentence = /^swarmchat: Interrupted(: [12] members? got it; --wait asked for 3| before)/
    expect(lines.errors[0]).toMatch(sentence)
    expect(json.objects).toEqual([{ type: 'sent', have: expect.any(Number), wanted: 3 }])
  })
})

test.runIf(process.platform === 'linux')(
  'what goes on until it is interrupted ends with 0',
  async () => {
    const free = String(await freePort())
    const lines = [['join', 'lobby'], ['listen'], ['bootstrap', '--port', free]]
    const programs = lines.map(args => world.start(args))
    for (const cli of programs) await listensForSignals(cli)
    const ports = world.start(['listen', '--tcp', '9'])
    const [key = ''] = /[0-9a-f]{64}/.exec(await ports.error(/^listening: /)) ?? []
    const port = world.start(['connect', key, '--tcp', '0'])
    await port.error(/^listening: /)
    programs.push(port, ports)
    const codes = await Promise.all(programs.map(cli => cli.kill('SIGINT')))
    expect(codes).toEqual(programs.map(() => 0))
  }
)
