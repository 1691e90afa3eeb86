import { safeNick, safeText } from '../base/safe-text.js'
import type { Room } from '../room/room.js'

// What a person is told, beside what happens in the room.

/** What a room is called, by who can come in. */
const CALLED = {
  public: '',
  password: 'the room with a password ',
  private: 'the private room '
} as const

/** The first line in a room: which it is, and who we are. Safe for a terminal. */
export function joining({ access, name, nick }: Room): string {
  return `Joining ${CALLED[access]}${safeText(name)} as ${safeNick(nick)}. /help lists the commands.`
}

/** Members take our texts more slowly than they come: so many are to be sent. */
export function sending(count: number): string {
  return `sending ${number(count)} more, as fast as members take them`
}

/** We leave, and so many texts were not sent. */
export function unsent(count: number): string {
  return count === 1 ? '1 line was not sent' : `${number(count)} lines were not sent`
}

/** Two terminals with one home are one member, which would otherwise look like nobody being there. Told once. */
export function tellOfTwin(room: Room, tell: (text: string) => void): void {
  const onPeer = (peer: { readonly identity?: string; readonly state: string }) => {
    if (peer.identity !== room.identity || peer.state !== 'present') return
    room.off('peer', onPeer)
    tell('you are also here from another terminal or device; others see one member')
  }
  room.on('peer', onPeer)
}

function number(count: number): string {
  return count.toLocaleString('en')
}
