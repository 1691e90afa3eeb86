import { Broadcast } from '../../src/protocol/broadcast/broadcast.js'
import { Membership } from '../../src/protocol/membership/membership.js'

/** The machines inside a room machine, which shows neither. */
export interface Insides {
  membership?: Membership
  broadcast?: Broadcast
}

let current: Insides | undefined

/** Notes which machines are at work while `act` runs. */
export function watched<T>(insides: Insides, act: () => T): T {
  current = insides
  try {
    return act()
  } finally {
    current = undefined
  }
}

const membership = Membership.prototype.handle
Membership.prototype.handle = function (...args) {
  if (current !== undefined) current.membership = this
  return membership.apply(this, args)
}

const broadcast = Broadcast.prototype.handle
Broadcast.prototype.handle = function (...args) {
  if (current !== undefined) current.broadcast = this
  return broadcast.apply(this, args)
}
