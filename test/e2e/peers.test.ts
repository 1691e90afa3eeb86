import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Cli } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const SLOW_MILLIS = 120_000

const world = useCli()

/** The members of a room in which everybody has met everybody. */
async function room(...nicks: string[]): Promise<Cli[]> {
  const all: Cli[] = []
  for (const nick of nicks) all.push(await world.person(nick))
  for (const [i, cli] of all.entries()) {
    const others = nicks.filter((_, n) => n !== i)
    await Promise.all(others.map(nick => cli.object('join', line => line.nick === nick)))
  }
  return all
}

const seen = async () => {
  const { code, stdout, stderr } = await world.run(['peers', 'lobby', '--json', '--timeout', '20'])
  expect(code, stderr).toBe(0)
  const objects = stdout.split('\n').map(line => JSON.parse(line))
  return { peers: objects.slice(0, -1), summary: objects.at(-1) }
}

const stateOf = (peers: { nick: string | null; state: string }[], nick: string) =>
  peers.find(peer => peer.nick === nick)?.state

describe('peers', () => {
  it(
    'counts a killed member as verified no more 2 s later, and says when it was last heard',
    async () => {
      const [, , cyd] = await room('ann', 'bob', 'cyd')
      await cyd?.kill()
      const killedAt = Date.now()
      await delay(2_000)
      const { peers, summary } = await seen()
      expect(stateOf(peers, 'ann')).toBe('verified')
      expect(stateOf(peers, 'bob')).toBe('verified')
      const killed = peers.find(({ nick }) => nick === 'cyd')
      expect(killed, JSON.stringify(peers)).toMatchObject({ state: 'gone', unreachable: true })
      expect(killed.heardAt).toBeLessThanOrEqual(killedAt)
      expect(killed.heardAt).toBeGreaterThan(killedAt - 60_000)
      expect(summary).toMatchObject({ members: 2, announced: 3, estimate: 3 })
    },
    SLOW_MILLIS
  )

  it(
    'finds the others while the hub of this machine changes hands',
    async () => {
      const [hub] = await room('ann', 'bob', 'cyd')
      await hub?.kill()
      const { peers } = await seen()
      expect(stateOf(peers, 'bob'), JSON.stringify(peers)).toBe('verified')
      expect(stateOf(peers, 'cyd'), JSON.stringify(peers)).toBe('verified')
    },
    SLOW_MILLIS
  )
})
