import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { roomTopic } from '../../src/index.js'
import { newHome } from '../support/cli.js'
import { gone, isAlive } from '../support/processes.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, complaints, hears, knows, logOf, scriptFile } from './bot-world.js'

const world = useCli(new BotWorld())

describe('one SIGTERM ends a bot', () => {
  test('whose script waits in a system call for ever', async () => {
    const file = scriptFile('', 'waits.mjs')
    const fifo = join(dirname(file), 'fifo')
    execFileSync('mkfifo', [fifo])
    writeFileSync(
      file,
      `import { readFileSync } from 'node:fs'
export default bot => {
  bot.configure({ timeout: '2s' })
  bot.command('wait', ctx => {
    console.log('waiting')
    readFileSync(${JSON.stringify(fifo)})
  })
}
`
    )
    const bot = await world.bot(['lobby', file, '--grace', '1'])
    const ana = await world.person('ana')
    await knows(ana, 'waits')
    const { identity } = await ana.object('join')
    ana.say('/wait')
    await bot.error(/"waiting"/)
    expect(await bot.kill('SIGTERM')).toBe(0)
    expect(logOf(bot).at(-1)?.message).toBe('left')
    await ana.object('leave', o => o.identity === identity)
  })

  test('that hangs, is found hanging, and is about to start again', async () => {
    const script = `export default bot => {
  bot.configure({ timeout: '2s' })
  bot.command('hang', () => { for (;;) Math.random() })
}
`
    const bot = await world.bot(['lobby', scriptFile(script)])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/hang')
    await bot.error(/has not yielded/)
    expect(await bot.kill('SIGTERM')).toBe(0)
    expect(logOf(bot).at(-1)?.message).toBe('left')
  })

  test('that is still loading: no room is entered', async () => {
    const script = `console.log('loading')
setInterval(() => {}, 1_000)
await new Promise(() => {})
`
    const bot = world.start(['bot', 'lobby', scriptFile(script), '--grace', '3600'])
    await bot.error(/"loading"/)
    expect(await bot.kill('SIGTERM')).toBe(0)
    expect(logOf(bot).map(({ message }) => message)).toEqual(['loading'])
  })

  test('whose program leaves somebody behind who holds its output', async () => {
    const program = `setsid sleep 1000 &
echo $! >&2
while read -r line; do :; done
`
    const bot = await world.bot(['lobby', '--', 'bash', scriptFile(program, 'leaves.sh')])
    const pid = Number(await bot.error(/"\d+"/).then(line => JSON.parse(line).message))
    expect(await bot.kill('SIGTERM')).toBe(0)
    expect(logOf(bot).at(-1)?.message).toBe('left')
    process.kill(pid, 'SIGKILL')
  })

  test('whose program floods', async () => {
    const program = `yes '{"type":"say","text":"spam"}'\n`
    const ana = await world.person('ana')
    const bot = await world.bot(['lobby', '--', 'bash', scriptFile(program, 'floods.sh')])
    await hears(ana, /^spam$/)
    expect(await bot.kill('SIGTERM')).toBe(0)
    expect(logOf(bot).at(-1)?.message).toBe('left')
  })
})

describe('whatever ends a bot', () => {
  const STUBBORN = `trap '' INT TERM HUP
sleep 1000 &
echo "$$ $!" >&2
while :; do wait; done
`
  const pidsOf = (line: string) => String(JSON.parse(line).message).split(' ').map(Number)

  test('a second Ctrl-C ends its program too, and what that has started', async () => {
    const bot = await world.bot(['lobby', '--', 'bash', scriptFile(STUBBORN, 'stubborn.sh')])
    const pids = pidsOf(await bot.error(/"\d+ \d+"/))
    expect(pids.map(isAlive)).toEqual([true, true])
    // Two that come at once are one.
    const again = setInterval(() => bot.child.kill('SIGINT'), 100)
    expect(await bot.exited).toBe(130)
    clearInterval(again)
    await Promise.all(pids.map(gone))
  })

  test('a script that hangs ends with it, if it is killed', async () => {
    const script = `export default bot => {
  bot.command('hang', () => { console.log(process.pid); for (;;) Math.random() })
}
`
    const bot = await world.bot(['lobby', scriptFile(script)])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/hang')
    const [pid = 0] = pidsOf(await bot.error(/"\d+"/))
    await bot.kill('SIGKILL')
    await gone(pid)
  })
})

test('Ctrl-C is not for the program: it sees the end of its input', async () => {
  const program = `import sys
print('reading', file=sys.stderr, flush=True)
for line in sys.stdin: pass
print('the end', file=sys.stderr, flush=True)
`
  const args = ['bot', 'lobby', '--', 'python3', scriptFile(program, 'reads.py')]
  const bot = world.start(args, {}, newHome(), ['setsid'])
  await bot.error(/"reading"/)
  // As a terminal does: to the whole group in its foreground.
  process.kill(-(bot.child.pid ?? 0), 'SIGINT')
  expect(await bot.exited).toBe(0)
  const written = logOf(bot).filter(({ stream }) => stream === 'stderr')
  expect(written.map(({ message }) => message)).toEqual(['reading', 'the end'])
})

test('a damaged state file: exit code 2, its name, and no room is entered', async () => {
  const [home, file] = [newHome(), scriptFile('export default bot => {}\n')]
  const state = join(home, 'bots', 'bot', 'state', `${roomTopic('lobby')}.json`)
  mkdirSync(dirname(state), { recursive: true })
  writeFileSync(state, '{"n": 1')
  const bot = world.start(['bot', 'lobby', file], {}, home)
  expect(await bot.exited).toBe(2)
  expect(complaints(bot)[0]).toContain(state)
  expect(complaints(bot)[0]).toMatch(/is damaged/)
  expect(logOf(bot).map(({ message }) => message)).not.toContain('joining')
})
