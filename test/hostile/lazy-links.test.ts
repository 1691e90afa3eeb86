import { expect, test } from 'vitest'
import { encodeSuspicionBody } from '../../src/protocol/wire/bodies/suspicion.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../../src/protocol/wire/kinds.js'
import { open, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { deviceOf, identityOf, type Peer, type Puppet, ROOM, World } from '../support/harness.js'
import { feedPushed, hello, identify, messageOf, presenceOf, visit } from '../support/hostile.js'

const ACCUSED = 'dan'
const LATENCY = 50

const isAbout = ({ author, kind }: VerifiedMessage) =>
  kind === KIND_SUSPICION || (kind === KIND_PRESENCE && author === identityOf(ACCUSED))

function messageIn(frame: Frame): VerifiedMessage | undefined {
  const opened = 'sealed' in frame ? open(frame.sealed, ROOM) : undefined
  return opened?.ok === true ? opened.message : undefined
}

/**
 * ann, some others and dan, each linked to the next one; and eve, who is linked to all of them and faster than any of those links, so
 * that they are of no use to the tree. From some time on she passes on all but what is said of dan, or by him.
 */
class Scene {
  readonly world = new World(3)
  readonly peers: Peer[]
  readonly #eves: Puppet[] = []
  readonly #passedOn = new Set<string>()
  #withholds = false

  constructor(names: readonly string[]) {
    const { world } = this
    this.peers = names.map(name => world.join(name))
    const places = new Map(this.peers.map(({ device }, at) => [device, at]))
    world.latency = LATENCY
    world.passes = (from, to) => {
      const [a, b] = [places.get(from), places.get(to)]
      return a === undefined || b === undefined || Math.abs(a - b) === 1
    }
    for (const [at, peer] of this.peers.entries()) world.introduce(peer, this.peers[at + 1] ?? peer)
    world.run(3_000)
    for (const [at, peer] of this.peers.entries()) this.#eves.push(this.#surround(peer, at))
    world.run(2_000)
    for (let n = 0; n < 120; n++) this.#talk(n)
    this.#withholds = true
  }

  /** eve tells ann that dan is gone, so many times, after so long each. */
  accuse(times: number, pause: number): void {
    const { peers, world } = this
    const [ann, dan] = [peers[0] as Peer, peers.at(-1) as Peer]
    for (let n = 0; n < times; n++) {
      const clock = dan.sent.map(({ frame }) => messageIn(frame)).findLast(isPresenceOf(dan))?.clock
      const suspect = { identity: dan.identity, device: dan.device, clock: clock ?? 0 }
      const body = encodeSuspicionBody(suspect)
      const saidAt = Math.max(suspect.clock, world.now)
      const accusation = messageOf('eve', { kind: KIND_SUSPICION, clock: saidAt, body })
      feedPushed(ann, this.#eves[0] as Puppet, accusation)
      world.run(pause)
      this.#live()
    }
  }

  #surround(peer: Peer, at: number): Puppet {
    const puppet = visit(this.world, peer, `eve ${at}`)
    const asks: Frame[] = [hello(puppet), identify(puppet, 'eve')]
    for (const frame of asks) puppet.send(peer.device, frame)
    puppet.send(peer.device, { type: 'neighbor', priority: 'high' })
    puppet.onframe = (from, { type }) => type === 'ping' && puppet.send(from, { type: 'pong' })
    const push = peer.sent.push.bind(peer.sent)
    // As if her links took no time.
    peer.sent.push = (...all) => {
      for (const { frame, to } of all) if (to === puppet.device) this.#passOn(frame, at)
      return push(...all)
    }
    return puppet
  }

  #passOn(frame: Frame, from: number): void {
    const message = frame.type === 'message' || frame.type === 'mesh' ? messageIn(frame) : undefined
    if (message === undefined || this.#passedOn.has(message.id)) return
    if (this.#withholds && isAbout(message)) return
    this.#passedOn.add(message.id)
    this.world.after(5, () => {
      for (const [at, peer] of this.peers.entries())
        if (at !== from) feedPushed(peer, this.#eves[at] as Puppet, message)
    })
  }

  #talk(n: number): void {
    this.peers[n % this.peers.length]?.say(`line ${n}`)
    this.world.run(500)
    if (n % 20 === 0) this.#live()
  }

  #live(): void {
    for (const [at, peer] of this.peers.entries()) {
      const eve = this.#eves[at] as Puppet
      feedPushed(peer, eve, presenceOf('eve', { device: deviceOf(`eve ${at}`) }, this.world.now))
    }
  }
}

const isPresenceOf =
  ({ identity }: Peer) =>
  (message: VerifiedMessage | undefined) =>
    message?.kind === KIND_PRESENCE && message.author === identity

// Spends: a link to each of them, by which she is the fastest way between any two, and a suspicion now and then.
// Costs the room: what is said against somebody, and what answers it, once over each link. Nobody leaves who lives.
test.each([
  ['two', ['ann', 'bob', ACCUSED], 10, 13_000],
  ['three', ['ann', 'bob', 'cyd', ACCUSED], 10, 13_000],
  ['three, again and again,', ['ann', 'bob', 'cyd', ACCUSED], 40, 1_500]
])(
  'who is %s links that are not of the tree away from who hears that it is gone is not taken for gone',
  (_, names, times, pause) => {
    const scene = new Scene(names)
    scene.accuse(times, pause)
    for (const peer of scene.peers) {
      expect(peer.closed.filter(({ reason }) => reason !== 'hello-timeout')).toEqual([])
      expect(peer.of('leave').filter(({ identity }) => identity === identityOf(ACCUSED))).toEqual(
        []
      )
    }
  }
)
