import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Cli } from '../support/cli.js'
import { memoryOf } from '../support/memory-of.js'
import { useCli } from '../support/use-cli.js'

const FLOODER = fileURLToPath(new URL('../support/flooder.ts', import.meta.url))

const world = useCli()

/** Each of two says something, which the other hears. */
async function talk(ann: Cli, ben: Cli, when: string): Promise<void> {
  const tell = (from: Cli, to: Cli, line: string) => {
    from.say(line)
    return to.object('message', ({ text }) => text === line)
  }
  await Promise.all([tell(ann, ben, `ann ${when}`), tell(ben, ann, `ben ${when}`)])
}

// 97 and 113 MB on a quiet machine. The first took 187 when the young generation grew and a deletion counted like any message of its
// length; the other one 175 when 64 MB of buffers that had waited at links could wait once more, until they were collected.
test.runIf(process.platform === 'linux').each([
  ['deletions', 1],
  ['presences', 12]
] as const)(
  'a flood of %s over eight links takes under 150 MB, and does not keep a line from whom it floods',
  { timeout: 240_000 },
  async (kind, seconds) => {
    const ann = world.start(['join', 'lobby', '--json', '--nick', 'ann'])
    await ann.object('ready')
    const ben = world.start(['join', 'lobby', '--json', '--nick', 'ben'])
    await Promise.all([ann.object('join', ({ nick }) => nick === 'ben'), ben.object('ready')])
    const words = [String(world.port), 'lobby', kind, String(seconds)]
    const flooder = fork(FLOODER, words, { execArgv: ['--import', 'tsx'] })
    world.add({ close: () => flooder.kill() })
    // It floods whom it finds first, and tells when it begins and ends.
    await once(flooder, 'message')
    const ended = once(flooder, 'message')
    await talk(ann, ben, 'in the flood')
    await ended
    await talk(ann, ben, 'after the flood')
    for (const { child } of [ann, ben]) expect(memoryOf(child.pid).most).toBeLessThan(150)
  }
)
