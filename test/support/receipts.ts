import { type Peer, World } from './harness.js'

/** How many others each of them knows to have its line. */
export function receipts(peers: readonly Peer[]): number[] {
  return peers.map(peer => Math.max(0, ...peer.of('receipt').map(({ have }) => have)))
}

/** A room in which everybody has said one line, all at the same time, so long ago. */
export function speakAtOnce(count: number, millis: number): Peer[] {
  const world = new World()
  const all = world.joinAll(...Array.from({ length: count }, (_, n) => `member ${n}`))
  world.run(60_000)
  for (const [n, peer] of all.entries()) peer.say(`line ${n}`)
  world.run(millis)
  return all
}

/** Members that show no presence, all linked to this one at first. */
export function speakers(world: World, hub: Peer, count: number): Peer[] {
  return Array.from({ length: count }, (_, n) => {
    const speaker = world.join(`speaker ${n}`, { quiet: true })
    world.connect(speaker, hub)
    return speaker
  })
}

/** As many programs that say one line each at the same time, as `send` does, half a minute ago; only ann shows presences. */
export function sayOneLineEach(count: number): { ann: Peer; all: Peer[] } {
  const world = new World()
  const ann = world.join('ann')
  const all = speakers(world, ann, count)
  world.run(20_000)
  for (const [n, speaker] of all.entries()) speaker.say(`line ${n}`)
  world.run(30_000)
  return { ann, all }
}
