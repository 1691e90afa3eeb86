import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Cli, newHome, PROGRAM } from '../support/cli.js'
import { TerminalWindow } from '../support/terminal-window.js'
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

describe('peers --watch', () => {
  it(
    'is a live table that fits its window, and leaves the terminal as it was',
    async () => {
      await world.person('ann')
      const env = { ...world.env, SWARMCHAT_HOME: newHome() }
      const words = [process.execPath, PROGRAM, 'peers', 'lobby', '--watch']
      const script = `echo before; ${words.join(' ')}; echo "after $?"`
      const window = world.add(new TerminalWindow(['sh', '-c', script], { env, columns: 60 }))
      await window.shows(/^ann +[0-9a-f]{8} +verified/)
      expect(window.screen.join('\n')).not.toContain('before')
      const bob = await world.person('bob')
      await window.shows(/^bob .* verified/)
      await window.shows(/2 members here/)
      window.resize(20, 4)
      // What the emulator has beyond its edge stays there: what was written counts.
      await window.until(() => window.written.includes('lobby: 2 members her\u001b[K'))
      await window.until(() => window.written.includes('... and 2 more\u001b[K'))
      window.resize(70, 20)
      await bob.kill()
      await window.shows(/^bob .* gone, last heard/)
      window.type('\u0003')
      await window.exited
      const rows = window.lines.map(line => line.trim()).filter(line => line !== '')
      expect(rows).toEqual(['before', 'after 0'])
    },
    SLOW_MILLIS
  )

  it(
    'tells programs what changes, until it is interrupted',
    async () => {
      const [, bob] = await room('ann', 'bob')
      const watch = world.start(['peers', 'lobby', '--watch', '--json'])
      for (const nick of ['ann', 'bob'])
        await watch.object('peer', peer => peer.nick === nick && peer.state === 'verified')
      await bob?.kill()
      await watch.object('peer', peer => peer.nick === 'bob' && peer.state === 'gone')
      const last = await watch.object('summary', ({ members }) => members === 1)
      expect(last.count).toBe(2)
    },
    SLOW_MILLIS
  )
})

describe('peers --graph', () => {
  it(
    'shows who is linked to whom',
    async () => {
      await room('ann', 'bob')
      const { stdout } = await world.run(['peers', 'lobby', '--graph'])
      expect(stdout).toMatch(/1 link among 2 devices:\n/)
      expect(stdout).toMatch(/^ann .*\n└─ bob /m)
      expect(stdout).toMatch(/^bob .*\n└─ ann /m)
    },
    SLOW_MILLIS
  )
})
