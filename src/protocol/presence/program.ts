import b4a from 'b4a'
import type { Millis } from '../../base/time.js'
import type { Heard } from './heard.js'
import { MAX_FORMER_PROGRAMS } from './tuning.js'

/**
 * The running program that last spoke with a device key. A device that is started again keeps its key and draws a new
 * instance number: what the program before it said, and what was said against that one, does not concern it.
 */
export interface Program {
  /** Its instance number, in hex. */
  readonly instance: string
  /** Of its newest presence. */
  readonly clock: Millis
  /** The newest clock of the programs that had the key before it; -1: none is known. */
  readonly formerClock: Millis
  /** The instance numbers of those, the latest last. */
  // BOUNDED: MAX_FORMER_PROGRAMS.
  readonly former: readonly string[]
}

/** The program that this presence is of; `last`: the one that was known before. */
export function programFrom({ body, message }: Heard, last: Program | undefined): Program {
  const [instance, { clock }] = [b4a.toString(body.instance, 'hex'), message]
  if (last === undefined) return { instance, clock, formerClock: -1, former: [] }
  if (last.instance === instance) return { ...last, clock }
  const others = last.former.filter(each => each !== instance)
  const former = [...others, last.instance].slice(-MAX_FORMER_PROGRAMS)
  return { instance, clock, formerClock: newestClock(last), former }
}

/** True for a presence that says nothing new: an older one, or one of a program that another has followed. */
export function isStale({ body, message, ownLink }: Heard, last: Program | undefined): boolean {
  if (last === undefined) return false
  const instance = b4a.toString(body.instance, 'hex')
  if (instance === last.instance) return message.clock <= last.clock
  // A link proves which program runs now, however wrong the clock of the one before was.
  if (ownLink === true) return false
  return last.former.includes(instance) || message.clock <= last.clock
}

/** True for a suspicion with this clock in its body that was of a program before this one. */
export function isAboutFormer(clock: Millis, { clock: own, formerClock }: Program): boolean {
  return clock !== own && clock <= formerClock
}

/**
 * What is remembered of a program that is gone: whoever else has the device key may speak again, and nothing that was said
 * before brings it back.
 */
export function ended({ clock, formerClock, instance }: Program): Program {
  return { instance, clock: Math.max(clock, formerClock), formerClock: -1, former: [] }
}

/** The program of a device for which there was no room: it may be back with what it said last. */
export function unheard(program: Program): Program {
  return { ...program, clock: program.clock - 1 }
}

function newestClock({ clock, formerClock }: Program): Millis {
  return Math.max(clock, formerClock)
}
