import { describe, expect, it } from 'vitest'
import type { MessageId, PeerKey } from '../../../src/base/ids.js'
import { Mesh } from '../../../src/protocol/broadcast/mesh.js'
import { MeshCheck } from '../../../src/protocol/broadcast/mesh-check.js'
import { Outbox } from '../../../src/protocol/broadcast/outbox.js'
import { Tree } from '../../../src/protocol/broadcast/tree.js'
import { MESH_CHECK_MILLIS, TREE_REST_MILLIS } from '../../../src/protocol/broadcast/tuning.js'
import type { BroadcastFrame, Frame } from '../../../src/protocol/wire/frames.js'
import { glance } from '../../../src/protocol/wire/glance.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { messageId } from '../../../src/protocol/wire/message.js'
import { deviceOf, EPOCH, type Peer, TOPIC, World } from '../../support/harness.js'
import { feedPushed, hello, identify, member, presenceOf, textOf } from '../../support/hostile.js'

const NAMES = ['ann', 'bob', 'cyd', 'dan']
/** With two waits of `graft` there is time for a member that was told nothing to have the line. */
const IN_TIME = MESH_CHECK_MILLIS + 2_000

/** Members who are all linked to one another, and know it. */
function room(names = NAMES): { world: World; peers: Peer[] } {
  const world = new World()
  const peers = world.joinAll(...names)
  world.run(8_000)
  return { world, peers }
}

/** What was sent for lines from now on: nothing of presences. */
function watch(peers: readonly Peer[]): () => BroadcastFrame[] {
  const before = peers.map(({ sent }) => sent.length)
  return () => {
    const lines = new Set(peers.flatMap(({ stored }) => stored.map(({ id }) => id)))
    const sent = peers.flatMap((peer, n) => peer.sent.slice(before[n]))
    return sent.flatMap(({ frame }) => (isOf(frame, lines) ? [frame] : []))
  }
}

function isOf(frame: Frame, lines: ReadonlySet<MessageId>): frame is BroadcastFrame {
  switch (frame.type) {
    case 'mesh':
    case 'message':
      return glance(frame.sealed)?.kind === KIND_TEXT
    case 'ihave':
      return frame.entries.some(({ id }) => lines.has(id))
    default:
      return frame.type === 'graft' || frame.type === 'prune'
  }
}

function allHeard(peers: readonly Peer[], text: string): boolean {
  return peers.every(peer => peer.texts().includes(text))
}

describe('a room in which everybody is linked to everybody', () => {
  it('hears what is said over one hop, and nobody passes it on', () => {
    const { peers, world } = room()
    const frames = watch(peers)
    peers[0]?.say('hi')
    world.run(world.latency)
    expect(allHeard(peers, 'hi')).toBe(true)
    world.run(MESH_CHECK_MILLIS / 2)
    expect(frames().map(({ type }) => type)).toEqual(peers.slice(1).map(() => 'mesh'))
  })

  it('announces nothing that all have shown', () => {
    const { peers, world } = room()
    const frames = watch(peers)
    for (let line = 0; line < 40; line++) {
      peers[line % peers.length]?.say(`line ${line}`)
      world.run(100)
    }
    const all = frames()
    expect(all.filter(({ type }) => type === 'mesh')).toHaveLength(40 * (peers.length - 1))
    expect(all.filter(({ type }) => type !== 'mesh')).toHaveLength(0)
  })

  it('asks for nothing, and pushes nothing twice, when it is quiet again', () => {
    const { peers, world } = room()
    const frames = watch(peers)
    peers[0]?.say('hi')
    world.run(10_000)
    const types = frames().map(({ type }) => type)
    expect(types.filter(type => type === 'mesh')).toHaveLength(peers.length - 1)
    expect(types.filter(type => type !== 'mesh' && type !== 'ihave')).toEqual([])
    // Of two one goes first, and not all of them need be told.
    const pairs = ((peers.length - 1) * (peers.length - 2)) / 2
    expect(types.filter(type => type === 'ihave').length).toBeLessThanOrEqual(pairs)
  })

  it('leaves out nobody who has just come', () => {
    const { peers, world } = room()
    const gus = world.join('gus')
    world.connect(gus, peers[0] as Peer)
    for (let line = 0; line < 40; line++) {
      peers[line % peers.length]?.say(`line ${line}`)
      world.run(25)
    }
    world.run(IN_TIME)
    for (let line = 0; line < 40; line++)
      expect(allHeard([...peers, gus], `line ${line}`)).toBe(true)
  })

  it('goes on along the tree at once when a link is missing', () => {
    const { peers, world } = room()
    world.run(TREE_REST_MILLIS)
    const [ann, bob] = peers as [Peer, Peer]
    world.passes = (from, to) => !isPair(from, to, ann, bob)
    world.cut(ann, bob)
    for (const peer of [ann, bob]) {
      const frames = watch(peers)
      peer.say(`of ${peer.device}`)
      world.run(3 * world.latency)
      expect(allHeard(peers, `of ${peer.device}`)).toBe(true)
      expect(frames().some(({ type }) => type === 'mesh')).toBe(false)
      world.run(2_000)
    }
  })

  it('asks an author no more than once for what it does not push to all, since a link is missing', () => {
    const world = new World(2)
    const peers = world.joinAll(...NAMES, 'eli', 'fay')
    const [ann, bob] = peers as [Peer, Peer]
    world.run(8_000)
    world.passes = (from, to) => !isPair(from, to, ann, bob)
    world.cut(ann, bob)
    for (const peer of [ann, bob, ...peers]) {
      peer.say(`x 0 1 ${peer.device}`)
      world.run(1_000)
    }
    for (let line = 0; line < 5; line++) {
      const text = `of 0 1 ${line}`
      ann.say(text)
      world.run(100)
      // The first mends the tree.
      if (line > 0) expect(allHeard(peers, text), text).toBe(true)
      world.run(2_000)
    }
  })

  it('has everything although one crashes in the middle of it, without a flood', () => {
    const { peers, world } = room()
    world.run(2 * TREE_REST_MILLIS)
    const frames = watch(peers)
    const [gone, ...others] = peers as [Peer, ...Peer[]]
    for (let line = 0; line < 50; line++) {
      if (line === 10) world.crash(gone)
      others[line % others.length]?.say(`line ${line}`)
      world.run(200)
    }
    world.run(IN_TIME)
    for (let line = 0; line < 50; line++) expect(allHeard(others, `line ${line}`)).toBe(true)
    const pushes = frames().filter(({ type }) => type === 'mesh' || type === 'message')
    expect(pushes.length).toBeLessThan(1.1 * 50 * others.length)
  })
})

it('checks the presences of two whom the same neighbour was asked for', () => {
  const check = new MeshCheck(new Outbox(), undefined)
  const [ann, bob] = ['ann', 'bob'].map(deviceOf) as [PeerKey, PeerKey]
  for (const peer of [ann, bob]) check.neighborUp(peer)
  for (const name of ['cyd', 'dan']) check.begin(presenceOf(name), ann)
  expect(check.size).toBe(2)
  check.begin(presenceOf('dan', {}, EPOCH + 1), ann)
  expect(check.size, 'of each the newest').toBe(2)
})

it.each([
  [2, true],
  [3, false]
])(
  'a line that had to be asked for is passed on by nobody where all of %i are neighbours',
  (deviceCount, isKept) => {
    const outbox = new Outbox()
    const tree = new Tree(outbox)
    const mesh = new Mesh({
      outbox,
      tree,
      self: undefined,
      attendance: { deviceCount, has: () => true }
    })
    for (const peer of ['ann', 'bob'].map(deviceOf)) tree.add(peer)
    const arrival = { from: deviceOf('ann'), message: textOf('cyd', 'hi') }
    expect(mesh.keeps(arrival, false)).toBe(false)
    expect(mesh.keeps(arrival, true)).toBe(isKept)
    expect(mesh.size).toBe(isKept ? 1 : 0)
  }
)

it('has a tree of all links when somebody has sent to all for a while', () => {
  const outbox = new Outbox()
  const tree = new Tree(outbox)
  const attendance = { deviceCount: 2, has: () => true }
  const mesh = new Mesh({ outbox, tree, self: undefined, attendance })
  const [ann, bob] = ['ann', 'bob'].map(deviceOf) as [PeerKey, PeerKey]
  for (const peer of [ann, bob]) tree.add(peer)
  outbox.begin(EPOCH)
  tree.use()
  tree.makeLazy(bob)
  for (const [after, isEager] of [
    [TREE_REST_MILLIS - 1, false],
    [TREE_REST_MILLIS, true]
  ] as const) {
    outbox.begin(EPOCH + after)
    mesh.keeps({ from: ann, message: textOf('ann', `${after}`), reached: 2 }, false)
    expect(tree.eager.has(bob)).toBe(isEager)
  }
})

describe('a line that names another one', () => {
  /** Ann and bob are all neighbours; bob has pushed a line after one that ann said to all. Whom that is announced to then. */
  function toldOfFirst(how: { reached?: number }) {
    const outbox = new Outbox()
    const tree = new Tree(outbox)
    const [ann, bob] = ['ann', 'bob'].map(deviceOf) as [PeerKey, PeerKey]
    const attendance = { deviceCount: 2, has: () => true }
    const mesh = new Mesh({ outbox, tree, self: undefined, attendance })
    outbox.begin(EPOCH)
    for (const peer of [ann, bob]) {
      tree.add(peer)
      mesh.neighborUp(peer)
    }
    const first = textOf('ann', 'first')
    expect(mesh.keeps({ from: ann, message: first, reached: 2 }, false)).toBe(true)
    const second = textOf('bob', 'second', EPOCH + 1, [first.id])
    expect(mesh.keeps({ from: bob, message: second, ...how }, false)).toBe(false)
    mesh.check(EPOCH + MESH_CHECK_MILLIS)
    const told = outbox.end().filter(({ type }) => type === 'send')
    return told.map(output => output.type === 'send' && [output.to === bob, output.frame])
  }

  it('shows that its author has that, if its author itself sends it', () => {
    expect(toldOfFirst({ reached: 0 })).toEqual([])
  })

  it('shows nothing of who passes it on', () => {
    const entries = [{ id: textOf('ann', 'first').id, hops: 2 }]
    expect(toldOfFirst({})).toEqual([[true, { type: 'ihave', entries }]])
  })
})

function isPair(from: PeerKey, to: PeerKey, { device: a }: Peer, { device: b }: Peer): boolean {
  return (from === a && to === b) || (from === b && to === a)
}

// Spent: a line. Suffered: half of the room hears it up to three seconds late.
describe('an author that is linked to everybody', () => {
  /** Members and one more, who says nothing but what the test says for it. */
  function withMallory() {
    const world = new World()
    const peers = world.joinAll('ann', 'bob', 'cyd', 'dan')
    world.run(5_000)
    const [first, ...rest] = peers as [Peer, ...Peer[]]
    const mallory = member(world, first, 'mallory')
    mallory.onframe = (from, { type }) => {
      if (type === 'ping') mallory.send(from, { type: 'pong' })
    }
    for (const peer of rest) {
      world.connect(mallory, peer)
      mallory.send(peer.device, hello(mallory))
      mallory.send(peer.device, identify(mallory, 'mallory'))
      mallory.send(peer.device, { type: 'neighbor', priority: 'high' })
    }
    world.run(200)
    for (const peer of peers) feedPushed(peer, mallory, presenceOf('mallory', {}, world.now))
    world.run(2_000)
    return { mallory, peers, world }
  }

  it('and tells half of it keeps the other half waiting for some seconds, and no longer [M82]', () => {
    const { mallory, peers, world } = withMallory()
    const { sealed } = textOf('mallory', 'to half', world.now)
    for (const peer of peers.slice(0, 2))
      mallory.send(peer.device, { type: 'mesh', reached: 4, sealed })
    world.run(MESH_CHECK_MILLIS / 2)
    const heard = peers.map(peer => peer.texts().includes('to half'))
    expect(heard).toEqual([true, true, false, false])
    world.run(IN_TIME - MESH_CHECK_MILLIS / 2)
    expect(allHeard(peers, 'to half')).toBe(true)
  })

  it.each([0, 65_535])('and claims to have reached %i of four hides it from nobody', reached => {
    const { mallory, peers, world } = withMallory()
    const { sealed } = textOf('mallory', 'to one', world.now)
    mallory.send(peers[3]?.device as PeerKey, { type: 'mesh', reached, sealed })
    world.run(IN_TIME)
    expect(allHeard(peers, 'to one')).toBe(true)
  })

  it('and tells one of them that it is there makes that one promise nothing that it cannot keep', () => {
    const { mallory, peers, world } = withMallory()
    const [told, ...others] = peers.toSorted((a, b) => (a.device < b.device ? -1 : 1)) as [
      Peer,
      ...Peer[]
    ]
    for (let n = 0; n < 20; n++) {
      const { sealed } = presenceOf('mallory', {}, world.now)
      mallory.send(told.device, { type: 'mesh', reached: 4, sealed })
      world.run(3_700)
    }
    world.run(15_000)
    const asked = others.flatMap(({ device, sent }) =>
      sent.flatMap(({ frame, to }) =>
        frame.type === 'graft' && to === told.device ? frame.ids.map(id => `${device} ${id}`) : []
      )
    )
    const answered = new Set(
      told.sent.flatMap(({ frame, to }) =>
        frame.type === 'message' ? `${to} ${messageId(frame.sealed, TOPIC)}` : []
      )
    )
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter(each => !answered.has(each))).toEqual([])
  })

  it('cannot have what others say kept from anybody [M81]', () => {
    const { peers, world } = room(['ann', 'bob', 'cyd', 'dan'])
    world.run(2 * TREE_REST_MILLIS)
    const mallory = member(world, peers[3] as Peer, 'mallory')
    const { sealed } = textOf('zoe', 'from afar', world.now)
    mallory.send(peers[3]?.device as PeerKey, { type: 'mesh', reached: 65_535, sealed })
    world.run(3 * world.latency)
    expect(allHeard(peers, 'from afar')).toBe(true)
  })

  it('and tells one of them many lines fills nothing that the others need', () => {
    const { mallory, peers, world } = withMallory()
    const lines = Array.from({ length: 60 }, (_, n) =>
      textOf('mallory', `line ${n}`, world.now + n)
    )
    for (const { sealed } of lines)
      mallory.send(peers[0]?.device as PeerKey, { type: 'mesh', reached: 4, sealed })
    world.run(200)
    peers[1]?.say('still quick')
    world.run(world.latency)
    expect(allHeard(peers, 'still quick')).toBe(true)
    world.run(60_000)
    for (const peer of peers)
      expect(peer.texts().filter(text => text.startsWith('line'))).toHaveLength(60)
  })
})
