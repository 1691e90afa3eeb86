import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { LevelStore } from '../../src/store/level-store.js'
import { kept } from '../support/kept.js'

const WRITER = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url))
/** 4 in npm test, 20 in npm run test:sim. */
const KILLS = 2 * Number(process.env.RUNS ?? 2)
/** Of a database that has grown large most of the time goes into reading it. */
const KILLS_PER_DATABASE = 10
/** Two programs start, and read all that there is. Guess: on a machine that is very busy. */
const KILL_MILLIS = 30_000
/** The writer is killed at a random moment of this, from its first batch on. */
const MAX_LIFE_MILLIS = 150

/** Lets a writer run until it is killed; the last number that it said was on the disk. */
async function writeUntilKilled(directory: string): Promise<number> {
  const args = ['--import', 'tsx', WRITER, directory]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let acknowledged = 0
  const lines = createInterface({ input: child.stdout })
  lines.on('line', line => {
    acknowledged = Number(line)
  })
  await once(lines, 'line')
  await sleep(Math.random() * MAX_LIFE_MILLIS)
  child.kill('SIGKILL')
  await Promise.all([exited, once(lines, 'close')])
  return acknowledged
}

test('kill -9 at random moments loses nothing that was acknowledged, and leaves nothing half-written', {
  timeout: KILLS * KILL_MILLIS
}, async () => {
  let directory = ''
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill % KILLS_PER_DATABASE === 0) {
      rmSync(directory, { recursive: true, force: true })
      directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
    }
    const acknowledged = await writeUntilKilled(directory)
    const store = await LevelStore.open(directory)
    const all = await store.load()
    await store.close()
    expect(all.length).toBeGreaterThanOrEqual(acknowledged)
    // A batch is there as a whole or not at all.
    expect(all.length % 50).toBe(0)
    for (const [at, { clock, id, sealed }] of all.entries()) {
      const wanted = kept(at, at, 1 + ((at * 997) % 8_000))
      if (clock !== at || id !== wanted.id || !wanted.sealed.equals(sealed)) expect.fail(`${at}`)
    }
  }
  rmSync(directory, { recursive: true, force: true })
})
