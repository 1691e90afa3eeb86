import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { logTo } from '../../../src/bot/log.js'
import { type ScriptOptions, startScript } from '../../../src/bot/runner/script-host.js'
import { gone, isAlive } from '../../support/processes.js'
import { fakeSlot } from './fake-slot.js'

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'swarmchat-'))
}

/** A script in a process, in one room; `said` is what it says. */
async function run(text: string, options: Partial<ScriptOptions> = {}, stateFile?: string) {
  const directory = newDirectory()
  const script = join(directory, 'bot.mjs')
  writeFileSync(script, text)
  const lines: string[] = []
  const log = logTo((_, message) => lines.push(message))
  const host = await startScript(
    { script, log, env: process.env, cache: directory, ...options },
    new AbortController().signal
  )
  onTestFinished(() => host.stop(0))
  const { said, slot } = fakeSlot(stateFile)
  host.enter(slot)
  return { host, lines, said, start: () => host.dispatch(slot, { type: 'start' }) }
}

test('a script that eats its memory ends, and says so in one sentence', async () => {
  const eater = `export default bot => {
  bot.on('start', () => {
    const eaten = []
    for (;;) eaten.push(Array.from({ length: 10_000 }, (_, i) => i + Math.random()))
  })
}
`
  const { host, lines, start } = await run(eater, { maxHeapMib: 64 })
  void start()
  expect(await host.ended).toEqual({
    type: 'crash',
    reason: 'bot.mjs: the script used more than 64 MiB of memory'
  })
  expect(lines).toEqual([])
})

test.each([
  [{ maxHeapMib: 64 }, 64],
  [{}, 1_024]
])('memory for objects is limited: %j', async (options, mib) => {
  const says = `import { getHeapStatistics } from 'node:v8'
export default bot => {
  bot.on('start', ctx => ctx.say(String(getHeapStatistics().heap_size_limit)).id)
}
`
  const { said, start } = await run(says, options)
  await start()
  // The limit, and a place for new objects beside it.
  const limit = Number(said[0]) / 1_048_576
  expect(limit).toBeGreaterThanOrEqual(mib)
  expect(limit).toBeLessThan(mib + 128)
})

test('a script that waits in a system call for ever is ended', async () => {
  const fifo = join(newDirectory(), 'fifo')
  execFileSync('mkfifo', [fifo])
  const waits = `import { readFileSync } from 'node:fs'
export default bot => {
  bot.on('start', ctx => {
    ctx.log.info('waiting')
    readFileSync(${JSON.stringify(fifo)})
  })
}
`
  const { host, lines, start } = await run(waits)
  const handled = start()
  await host.stop(100)
  await handled
  expect(lines).toContain('handlers took too long to finish and were ended')
})

test('a script that swallows its own termination is ended', async () => {
  // V8 forgets that a thread is to end while it parses JSON.
  const parses = `const text = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ i })))
export default bot => {
  bot.on('start', () => { for (;;) JSON.parse(text) })
}
`
  const { host, start } = await run(parses)
  const handled = start()
  await host.stop(100)
  await handled
})

test('what a script starts ends with it', async () => {
  const starts = `import { spawn } from 'node:child_process'
export default bot => {
  bot.on('start', async ctx => {
    const child = spawn('sleep', ['1000'])
    await ctx.say(String(child.pid)).id
  })
}
`
  const { host, said, start } = await run(starts)
  await start()
  expect(isAlive(Number(said[0]))).toBe(true)
  await host.stop(1_000)
  await gone(Number(said[0]))
})

test('what comes when a script has just ended was not taken', async () => {
  // What it has started holds its output open: its end is known some 500 ms later.
  const ends = `import { spawn } from 'node:child_process'
export default bot => {
  bot.on('start', async ctx => {
    spawn('sleep', ['2'], { detached: true, stdio: 'inherit' })
    await ctx.say(String(process.pid)).id
    process.exit(1)
  })
}
`
  const { host, said, start } = await run(ends)
  const under = start()
  let isOver = false
  void host.ended.then(() => (isOver = true))
  await vi.waitFor(() => expect(said).toHaveLength(1))
  await gone(Number(said[0]))
  // The end of its channel is read in one of the next turns.
  let taken = true
  while (taken && !isOver) taken = await Promise.race([start(), delay(20, true)])
  expect([taken, isOver]).toEqual([false, false])
  expect(await under).toBe(true)
})

test('a state file that cannot be read ends the script, and is left as it is', async () => {
  const damaged = join(newDirectory(), 'state.json')
  writeFileSync(damaged, '{"n": 1')
  const { host, start } = await run('export default bot => {}', {}, damaged)
  await start()
  const reason = expect.stringContaining(damaged)
  expect(await host.ended).toEqual({ type: 'crash', reason })
  expect(readFileSync(damaged, 'utf8')).toBe('{"n": 1')
})

test('a state that cannot be saved is told once, whether or not the script waits for it', async () => {
  const home = join(newDirectory(), 'state')
  const counts = `import { rmSync } from 'node:fs'
export default bot => {
  bot.on('start', async ctx => {
    await ctx.state.set('n', 1)
    rmSync(${JSON.stringify(home)}, { recursive: true })
    for (const n of [2, 3]) await ctx.state.set('n', n).catch(() => {})
    await ctx.state.set('n', 4).catch(() => ctx.log.info('the end'))
  })
}
`
  const { lines, start } = await run(counts, {}, join(home, 'room.json'))
  await start()
  await vi.waitFor(() => expect(lines).toContain('the end'))
  expect(lines.filter(line => line.includes('not saved'))).toEqual([
    expect.stringMatching(/^the state is not saved: ENOENT/)
  ])
})

test('nothing that a script writes to our channels is thrown here', async () => {
  const garbles = `import { writeSync } from 'node:fs'
export default bot => {
  bot.on('start', async ctx => {
    for (const message of [null, 5, 'x', {}, { type: 'log', level: 'x' }, { type: 'say', text: 7 }])
      await new Promise(resolve => process.send(message, resolve))
    for (const line of ['no json', 'null', '{}', '{"millis":"x"}']) writeSync(4, line + '\\n')
    await ctx.say('still here').id
  })
}
`
  const { said, start } = await run(garbles)
  await start()
  expect(said).toEqual(['still here'])
})

test('loading ends when the bot is to stop', async () => {
  const directory = newDirectory()
  const script = join(directory, 'bot.mjs')
  writeFileSync(script, 'setInterval(() => {}, 1_000)\nawait new Promise(() => {})\n')
  const stopping = new AbortController()
  const log = logTo(() => {})
  const starting = startScript({ script, log, env: process.env, cache: directory }, stopping.signal)
  stopping.abort()
  await expect(starting).rejects.toMatchObject({ code: 'BOT_STOPPED' })
})

test('a typed script is compiled once', async () => {
  const [cache, directory] = [newDirectory(), newDirectory()]
  const script = join(directory, 'bot.ts')
  writeFileSync(
    script,
    `export default (bot: { on(what: string, run: (ctx: any) => void): void }) => {
  bot.on('start', ctx => ctx.say('compiled').id)
}
`
  )
  const first = await run('', { script, cache })
  await first.start()
  expect(first.said).toEqual(['compiled'])
  const [file = '', ...others] = readdirSync(cache)
  expect(others).toEqual([])
  const compiled = readFileSync(join(cache, file), 'utf8')
  writeFileSync(join(cache, file), compiled.replace("'compiled'", "'from the cache'"))
  const second = await run('', { script, cache })
  await second.start()
  expect(second.said).toEqual(['from the cache'])
})

test('a script that never yields: where it hangs is told', async () => {
  const hangs = `export default bot => {
  bot.configure({ timeout: '2s' })
  bot.on('start', () => {
    for (;;) Math.random()
  })
}
`
  const { host, start } = await run(hangs)
  void start()
  const reason = expect.stringMatching(/^bot\.mjs:4: the script has not yielded for \d+ s$/)
  expect(await host.ended).toEqual({ type: 'crash', reason })
})
