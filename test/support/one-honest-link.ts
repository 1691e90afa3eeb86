import type { Frame } from '../../src/protocol/wire/frames.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { type Peer, type Puppet, World } from './harness.js'
import { feedPushed, member, textOf } from './hostile.js'

/** A message as it is pushed over a tree. */
export const pushed = ({ sealed }: VerifiedMessage): Frame => ({ type: 'message', hops: 1, sealed })

/** Makes the puppet answer pings, and whatever else comes with `more`. */
export function live(world: World, puppet: Puppet, peer: Peer, more = (_: Frame) => {}): Puppet {
  puppet.onframe = (from, frame) => {
    if (frame.type === 'ping') puppet.send(from, { type: 'pong' })
    else more(frame)
  }
  const beat = () => {
    puppet.send(peer.device, { type: 'ping' })
    world.after(20_000, beat)
  }
  beat()
  return puppet
}

/** How long the line takes to be with the member: 20 s if it does not come. */
export function lateness(world: World, peer: Peer, { id }: VerifiedMessage): number {
  const said = world.now
  const has = () => peer.stored.some(message => message.id === id)
  while (!has() && world.now < said + 20_000) world.run(20)
  return world.now - said
}

/** A member with one honest link, which is not of the tree, and so with one that is only told of what is said. */
export type OneHonestLink = ReturnType<typeof oneHonestLink>

/**
 * ann, whose only honest neighbour is bob; eve and so many others of hers are at ann, mal is at bob; cyd speaks at bob. All have been
 * there for eleven minutes.
 */
export function oneHonestLink(others = 0) {
  const world = new World(7)
  const [ann, bob] = [world.join('ann'), world.join('bob')]
  world.connect(ann, bob)
  world.run(2_000)
  const at = (peer: Peer, name: string) => live(world, member(world, peer, name), peer)
  const [cyd, mal, eve] = [at(bob, 'cyd'), at(bob, 'mal'), at(ann, 'eve')] as const
  const eves = [eve, ...Array.from({ length: others }, (_, n) => at(ann, `eve ${n}`))]
  const flooders = Array.from({ length: 20 }, (_, n) => `mal ${n}`)
  for (const name of ['cyd', 'mal', ...flooders])
    feedPushed(bob, cyd, textOf(name, 'known', world.now))
  world.run(11 * 60_000)
  return { world, ann, bob, cyd, mal, eves }
}

/** From now on ann pushes to all of eve's, so that she has no need of the link between her and bob. */
export function holdPushes(all: OneHonestLink): void {
  const { ann, eves, world } = all
  for (const eve of eves) eve.send(ann.device, { type: 'graft', ids: [] })
  world.after(250, () => holdPushes(all))
}

/** What comes to both at once shows them a cycle: neither pushes to the other any more. */
export function pruneHonest({ ann, bob, eves: [eve], mal, world }: OneHonestLink): void {
  const last = (from: Peer, { device }: Peer) =>
    from.sent.findLast(({ frame: { type }, to }) =>
      to === device ? type === 'prune' || type === 'graft' : false
    )?.frame.type
  const isPruned = () => last(ann, bob) === 'prune' && last(bob, ann) !== 'graft'
  for (let n = 0; n === 0 || (n < 20 && !isPruned()); n++) {
    const own = textOf('eve', `${n}`, world.now)
    eve?.send(ann.device, pushed(own))
    mal.send(bob.device, pushed(own))
    world.run(4_000)
  }
}

/** How late so many lines of cyd are at ann, each after the link was pruned again; `also` is told of each as it is said. */
export function linesOf(
  all: OneHonestLink,
  also = (_: VerifiedMessage) => {},
  lines = 5
): number[] {
  return Array.from({ length: lines }, (_, n) => {
    pruneHonest(all)
    const { ann, bob, cyd, world } = all
    const line = textOf('cyd', `line ${n}`, world.now)
    feedPushed(bob, cyd, line)
    also(line)
    return lateness(world, ann, line)
  })
}
