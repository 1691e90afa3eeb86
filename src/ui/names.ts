import { Names } from '../base/names.js'
import type { Contact, Contacts } from '../home/contacts.js'
import type { RoomUpdate } from '../room/events.js'
import type { Room } from '../room/room.js'

/** What names are kept up to date from. */
export type NamedRoom = Pick<Room, 'identity' | 'members' | 'nick' | 'on'>

const kept = new WeakMap<NamedRoom, Names>()

/**
 * The names of everybody in a room, kept up to date; the same for all who ask. Ask before anything else listens to
 * the room, or a listener sees the names as they were.
 */
export function namesOf(room: NamedRoom): Names {
  const known = kept.get(room)
  if (known !== undefined) return known
  const names = follow(room)
  kept.set(room, names)
  return names
}

/** Calls those whom we know by the names that we give them, now and later; gives what ends that. */
export function pinContacts(room: NamedRoom, contacts: Contacts): () => void {
  const names = namesOf(room)
  // BOUNDED: by the contacts.
  let pinned: readonly Contact[] = []
  const pin = () => {
    for (const { identity } of pinned) names.pin(identity, undefined)
    pinned = contacts.all()
    pinNames(names, contacts)
  }
  const unfollow = contacts.follow(pin)
  pin()
  return unfollow
}

/** Likewise where there is no room. */
export function pinNames(names: Names, contacts: Contacts): void {
  for (const { identity, name, verified } of contacts.all()) names.pin(identity, name, verified)
}

function follow(room: NamedRoom): Names {
  const names = new Names(room.members())
  room.on('update', update => {
    // Our own nick changes without an update.
    names.here(room)
    take(names, update)
  })
  return names
}

function take(names: Names, update: RoomUpdate): void {
  switch (update.type) {
    case 'join':
    case 'rename':
      names.here(update)
      break
    case 'leave':
      names.gone(update.identity)
      break
    case 'message':
    case 'direct':
      names.heard({ identity: update.message.from, nick: update.message.nick })
  }
}
