import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import type { Puppet } from './harness.js'
import { textOf } from './hostile.js'
import { live, type OneHonestLink, pushed } from './one-honest-link.js'
import { idOf } from './reconcile.js'

interface Own {
  readonly line: VerifiedMessage
  readonly announcedAt: number
}

/**
 * Twice a second each of them announces a line of its own. Whoever is asked for its line sends it `answers` later; when it was as
 * long on its way as it waited to be announced, another one sends it again. Every other line comes unasked, a little before it would be
 * asked for. Beside it each announces ids that it invents, so that these are asked for sooner and not what others say. `also` is told of each line as it is sent.
 */
export function pretend(
  { ann, eves, world }: OneHonestLink,
  answers: number,
  also = (_: VerifiedMessage) => {}
): void {
  const held = new Map<string, Own>()
  let wait = 500
  const send = (eve: Puppet | undefined, line: VerifiedMessage, after: number) =>
    world.after(after, () => {
      eve?.send(ann.device, pushed(line))
      also(line)
    })
  const asked = (eve: Puppet, { announcedAt, line }: Own) => {
    wait = world.now - announcedAt
    const next = eves.find(each => each !== eve)
    send(eve, line, answers)
    send(next, line, answers + 0.9 * (wait + answers))
  }
  for (const [at, eve] of eves.entries()) {
    live(world, eve, ann, frame => {
      for (const id of frame.type === 'graft' ? frame.ids : []) {
        const own = held.get(id)
        held.delete(id)
        if (own !== undefined) asked(eve, own)
      }
    })
    const announce = (n: number) => {
      const line = textOf('eve', `${at} ${n}`, world.now)
      held.set(line.id, { line, announcedAt: world.now })
      const invented = Array.from({ length: 4 }, (_, m) => idOf(1_000_000 * at + n * 4 + m))
      const entries = [...invented, line.id].map(id => ({ id, hops: 1 }))
      eve.send(ann.device, { type: 'ihave', entries })
      if (n % 2 === 0) send(eve, line, 0.9 * wait)
      world.after(500, () => announce(n + 1))
    }
    world.after(at * 70, () => announce(0))
  }
}
