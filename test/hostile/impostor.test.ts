import { describe, expect, test, vi } from 'vitest'
import type { IdentityKey } from '../../src/base/ids.js'
import { MAX_OBSERVED_LINKS } from '../../src/protocol/links/tuning.js'
import { SETTLE_MILLIS } from '../../src/room/arrival.js'
import { pipeChat } from '../../src/ui/pipe-chat.js'
import { deviceOf, identityOf, type Peer, World } from '../support/harness.js'
import { hello, identify, member, presenceOf, visit } from '../support/hostile.js'
import { fakeIo, fakeRoom } from '../ui/fake-room.js'

// Passing for another member by the nick alone.
// The attacker spends: one identity, and a nick.
// The room suffers nothing: his short key stands beside every nick that could be taken for another's, or for more than a
// nick. Whoever is plainly called what nobody else is has no key beside the name.

interface Somebody {
  readonly identity: IdentityKey
  readonly nick: string
}

const key = (digit: string) => digit.repeat(64) as IdentityKey
const [ADA, ANN, EVE] = [key('a'), key('b'), key('e')]

/** What people see of this, in a room in which we are ada, as lines without the time. */
async function shown(play: (stage: ReturnType<typeof stageOf>) => void): Promise<string[]> {
  const { emit, room } = fakeRoom()
  const { interrupt, io, shown } = fakeIo()
  vi.useFakeTimers()
  const done = pipeChat(room, io, false)
  await vi.advanceTimersByTimeAsync(SETTLE_MILLIS)
  play(stageOf(emit))
  interrupt()
  await done
  vi.useRealTimers()
  return shown()
    .trim()
    .split('\n')
    .map(line => line.slice('00:00 '.length))
}

function stageOf(emit: (event: string, update: object) => void) {
  const tell = (update: object) => emit('update', update)
  return {
    joins: (who: Somebody) => tell({ type: 'join', ...who }),
    leaves: (who: Somebody) => tell({ type: 'leave', ...who }),
    renames: ({ identity, nick: previous }: Somebody, nick: string) =>
      tell({ type: 'rename', identity, nick, previous }),
    says: ({ identity: from, nick }: Somebody, text: string) =>
      tell({
        type: 'message',
        message: { id: key('1'), from, nick, text, time: 0, history: false }
      })
  }
}

/** How a line of eve's looks under this nick, while ann is here. */
async function lineOf(nick: string): Promise<string> {
  const lines = await shown(stage => {
    stage.joins({ identity: ANN, nick: 'ann' })
    stage.says({ identity: EVE, nick }, 'hi')
  })
  return lines.at(-1) ?? ''
}

describe('a nick that looks like more than a nick has a key beside it', () => {
  test.each([
    ['a nick and a key', 'ann (8a88e3dd)', 'ann (8a88e3dd) (eeeeeeee): hi'],
    ['a line', 'ann: yes. Send it to', 'ann: yes. Send it to (eeeeeeee): hi'],
    ['a notice', '* ann left', '* ann left (eeeeeeee): hi'],
    ['a full-width colon', 'bob： yes', 'bob： yes (eeeeeeee): hi'],
    ['a letter that looks like a colon', 'bob꞉ yes', 'bob꞉ yes (eeeeeeee): hi'],
    ['an asterisk of mathematics', '∗ bob left', '∗ bob left (eeeeeeee): hi'],
    ['brackets', '[bob]', '[bob] (eeeeeeee): hi'],
    ['angles, as bridges write', '<bob>', '<bob> (eeeeeeee): hi'],
    ['brackets of another shape', '⟨bob⟩', '⟨bob⟩ (eeeeeeee): hi'],
    ['the short key of ann', 'bbbbbbbb', 'bbbbbbbb (eeeeeeee): hi'],
    ['a key with a full-width digit', '８a88e3dd', '８a88e3dd (eeeeeeee): hi'],
    ['a key with letters of another script', '8а88е3сс', '8а88е3сс (eeeeeeee): hi'],
    ['a key with letters for digits', '8a88e3do', '8a88e3do (eeeeeeee): hi'],
    ['a long key', 'bbbbbbbbbbbbbbbb', 'bbbbbbbbbbbbbbbb (eeeeeeee): hi']
  ])('%s: %s', async (_, nick, line) => {
    expect(await lineOf(nick)).toBe(line)
  })
})

describe('a nick that looks like the nick of somebody here has a key beside it', () => {
  test.each([
    ['the same', 'ann'],
    ['in capitals', 'ANN'],
    ['full-width', 'ａｎｎ'],
    ['of mathematics', '𝐚𝐧𝐧'],
    ['with a blank that is none', 'ann\u3164'],
    ['with a braille blank', 'ann\u2800'],
    ['with a joiner', 'an\u200dn'],
    ['with a tag', 'ann\u{e0061}'],
    ['with spaces around it', '  ann '],
    ['with a mark that shows nothing', 'ann\u034f'],
    ['with an invisible letter', '\u115fann']
  ])('%s', async (_, nick) => {
    expect(await lineOf(nick)).toMatch(/ \(eeeeeeee\): hi$/)
    expect((await lineOf(nick)).replace(/[^ -~]/gu, '')).not.toMatch(/^ann: /)
  })

  test('and so has hers', async () => {
    const lines = await shown(stage => {
      stage.joins({ identity: ANN, nick: 'ann' })
      stage.joins({ identity: EVE, nick: 'Ann' })
      stage.says({ identity: ANN, nick: 'ann' }, 'me')
      stage.renames({ identity: EVE, nick: 'Ann' }, 'eve')
      stage.says({ identity: ANN, nick: 'ann' }, 'me')
    })
    expect(lines.slice(-2)).toEqual(['* Ann (eeeeeeee) is now eve', 'ann (bbbbbbbb): me'])
  })

  test('and runs of spaces are one', async () => {
    const lines = await shown(stage => {
      stage.joins({ identity: ANN, nick: 'ann lee' })
      stage.says({ identity: EVE, nick: 'ann \u3000  lee' }, 'hi')
    })
    expect(lines.at(-1)).toBe('ann lee (eeeeeeee): hi')
  })

  test('wholly in another script as well', async () => {
    const lines = await shown(stage => {
      stage.joins({ identity: ANN, nick: 'pace' })
      stage.says({ identity: EVE, nick: 'расе' }, 'hi')
    })
    expect(lines.at(-1)).toBe('расе (eeeeeeee): hi')
  })
})

describe('a nick of somebody who is not here now', () => {
  test('but has just left, has a key beside it', async () => {
    const lines = await shown(stage => {
      stage.joins({ identity: ANN, nick: 'ann' })
      stage.leaves({ identity: ANN, nick: 'ann' })
      stage.joins({ identity: EVE, nick: 'ann' })
    })
    expect(lines).toEqual(['* ann joined', '* ann left', '* ann (eeeeeeee) joined'])
  })

  test('but was called so until now, has a key beside it', async () => {
    const lines = await shown(stage => {
      stage.joins({ identity: ANN, nick: 'ann' })
      stage.renames({ identity: ANN, nick: 'ann' }, 'queen')
      stage.renames({ identity: EVE, nick: 'eve' }, 'ann')
    })
    expect(lines.at(-1)).toBe('* eve is now ann (eeeeeeee)')
  })

  test('but spoke lately, has a key beside it', async () => {
    const lines = await shown(stage => {
      stage.says({ identity: ANN, nick: 'ann' }, 'hi')
      stage.says({ identity: EVE, nick: 'ann' }, 'hi')
      stage.says({ identity: ANN, nick: 'ann' }, 'hi')
    })
    expect(lines).toEqual([
      'ann: hi',
      '* ann (eeeeeeee) is not the ann that you know, who is bbbbbbbb',
      'ann (eeeeeeee): hi',
      'ann (bbbbbbbb): hi'
    ])
  })

  test('may come back without a key', async () => {
    const lines = await shown(stage => {
      stage.joins({ identity: ANN, nick: 'ann' })
      stage.leaves({ identity: ANN, nick: 'ann' })
      stage.joins({ identity: ANN, nick: 'Ann' })
    })
    expect(lines.at(-1)).toBe('* Ann joined')
  })
})

test('our own nick is ours', async () => {
  const lines = await shown(stage => {
    stage.says({ identity: EVE, nick: 'ADA' }, 'hi')
    stage.says({ identity: ADA, nick: 'ada' }, 'hi')
  })
  expect(lines[0]).toBe('ADA (eeeeeeee): hi')
})

describe('mixed scripts have a key beside them', () => {
  test.each(['аnn', 'annа', 'αnn', 'bob日сат', 'Ꭺnn', 'ߓߍ'])('%s', async nick => {
    expect(await lineOf(nick)).toBe(`${nick} (eeeeeeee): hi`)
  })
})

describe('what is a plain name in some language is left alone', () => {
  test.each([
    'Zoë',
    "O'Brien-2",
    'анна',
    'Άννα',
    '田中さん',
    'kenji健二',
    '김철수',
    'می‌خواهم',
    'ක්‍රිස්',
    'रमेश',
    'ስላም',
    '👩‍👩‍👧‍👦',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿 jo',
    'jo ❤️ 1️⃣',
    'jo_99!'
  ])('%s', async nick => {
    expect(await lineOf(nick)).toBe(`${nick}: hi`)
  })

  test('and compared without what is invisible in it', async () => {
    for (const [one, other] of [
      ['می‌خواهم', 'میخواهم'],
      ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿']
    ] as const) {
      const lines = await shown(stage => {
        stage.joins({ identity: ANN, nick: one })
        stage.says({ identity: EVE, nick: other }, 'hi')
      })
      expect(lines.at(-1)).toBe(`${other} (eeeeeeee): hi`)
    }
  })
})

// Naming a device that is another's.
// The attacker spends: one identity, a link, and a presence that names ann's device key, which he knows from the DHT.
// The room suffers: he is a member, as anybody is. Nothing that is said of ann's device changes.

describe('a presence that names the device of somebody else', () => {
  const bodies = {
    'under another nick': { device: deviceOf('ann'), nick: 'mallory' },
    'as one that leaves': { device: deviceOf('ann'), leaving: true }
  }

  /** What bob, who is linked to ann as a rule, says of ann's device and of members after mallory has said so. */
  function scene(linked: boolean, before: boolean) {
    const world = new World()
    const bob = world.join('bob')
    const eve = member(world, bob, 'mallory')
    const says = () => {
      for (const body of Object.values(bodies)) {
        const { sealed } = presenceOf('mallory', body, world.now)
        eve.send(bob.device, { type: 'message', hops: 1, sealed })
        world.run(50)
      }
      const { sealed } = presenceOf('mallory', bodies['under another nick'], world.now)
      eve.send(bob.device, { type: 'message', hops: 1, sealed })
      world.run(50)
    }
    if (before) says()
    const ann = linked ? member(world, bob, 'ann') : member(world, bob, 'cyd')
    const { sealed } = presenceOf('ann', {}, world.now)
    ann.send(bob.device, { type: 'message', hops: 1, sealed })
    world.run(50)
    says()
    const of = (name: string) => bob.machine.member(identityOf(name))
    return {
      bob,
      of,
      state: () => bob.machine.peers().find(({ device }) => device === deviceOf('ann'))
    }
  }

  test.each([
    ['that is linked to us', true, false],
    ['that is linked to us, and said so first', true, true],
    ['that others told us of', false, false]
  ])('%s: says nothing of it', (_, linked, before) => {
    const { bob, of, state } = scene(linked, before)
    expect(state()).toMatchObject({ identity: identityOf('ann'), nick: 'ann', state: 'present' })
    expect(of('ann')?.devices).toEqual([deviceOf('ann')])
    expect(of('mallory')?.devices).toEqual([])
    expect(bob.of('leave').map(({ nick }) => nick)).not.toContain('ann')
    const reports = bob.of('peer').filter(({ device }) => device === deviceOf('ann'))
    if (!before) expect(reports.map(({ nick }) => nick)).not.toContain('mallory')
  })

  test('does not make an observer believe that it has heard of who is linked to it', () => {
    const world = new World()
    const eye = world.join('eye', { observer: true })
    const peers = Array.from({ length: MAX_OBSERVED_LINKS + 1 }, (_, n) =>
      world.puppet(`peer ${n}`)
    )
    const linked = visitedBy(world, eye, 'peer 0')
    // So many are dialled, and one waits for a place.
    eye.feed({ type: 'candidates', peers: peers.map(({ device }) => device) })
    const { sealed } = presenceOf('mallory', { device: linked.device }, world.now)
    visitedBy(world, eye, 'mallory').send(eye.device, { type: 'stored', sealed })
    world.run(100)
    expect(linked.wasClosed()).toBe(false)
    const own = presenceOf('peer 0', {}, world.now)
    linked.send(eye.device, { type: 'stored', sealed: own.sealed })
    world.run(100)
    expect(linked.wasClosed()).toBe(true)
  })

  function visitedBy(world: World, eye: Peer, name: string) {
    const puppet = visit(world, eye, name)
    puppet.send(eye.device, hello(puppet))
    puppet.send(eye.device, identify(puppet, name))
    world.run(50)
    return puppet
  }
})
