import { SwarmchatError } from '../../base/errors.js'
import {
  type Invitation,
  type LinkFlaw,
  readLink,
  type Ticket,
  writeLink
} from '../../protocol/access/invitation-link.js'
import { privateRoomKeys } from '../keys.js'

/** What is wrong with an invitation. The link itself is in no sentence. */
const FLAWS: Readonly<Record<LinkFlaw | 'ticket', string>> = {
  none: 'it does not begin with swarmchat:',
  'cut-off': 'it is cut off, and lacks its end',
  mistyped: 'some of its characters are wrong',
  newer: 'a later version of swarmchat made it',
  ticket: 'whoever made it lets in, so only swarmchat join takes it'
}

/** BAD_INVITATION: a link is cut off, mistyped, of a later version, none, or of a kind that only `join` takes; `facts.flaw` says which. */
const badInvitation = (flaw: LinkFlaw | 'ticket') =>
  new SwarmchatError('BAD_INVITATION', `That invitation cannot be used: ${FLAWS[flaw]}.`, {
    hint: 'Copy the whole link again, or ask for it once more. One of a later version needs that version.',
    facts: { flaw }
  })

/** The link that lets whoever has it into a private room. Throws BAD_ROOM_NAME, BAD_SECRET. */
export function writeInvitation({ card, name, secret }: Invitation): string {
  const keys = privateRoomKeys(name, secret)
  return writeLink(card === undefined ? keys : { ...keys, card })
}

/** What a link says, as it was pasted: with white space, quotes, in any case. Throws BAD_INVITATION. */
export function readInvitation(link: string): Invitation {
  const read = readLink(link)
  if (!read.ok) throw badInvitation(read.flaw)
  if (read.type === 'ticket') throw badInvitation('ticket')
  const { card, name, secret } = read
  return card === undefined ? { name, secret } : { name, secret, card }
}

/** What the link of an invitation says that admits; undefined for any other text. */
export function ticketIn(link: string): Ticket | undefined {
  const read = readLink(link)
  return read.ok && read.type === 'ticket' ? read : undefined
}

/** Under what the DHT has the card of the room that an invitation leads to; undefined: it names none, or this is no invitation. */
export function cardIn(link: string): Uint8Array | undefined {
  const read = readLink(link)
  return read.ok ? read.card : undefined
}

/** True for an invitation that lacks its end: what comes next may be that. */
export function isCutOff(link: string): boolean {
  const read = readLink(link)
  return !read.ok && read.flaw === 'cut-off'
}

/** Words of a command line, in which a link that a shell took for several words is one again. */
export function joinPieces(words: readonly string[]): string[] {
  const whole: string[] = []
  for (let at = 0; at < words.length; at++) {
    const count = piecesOf(words, at)
    whole.push(words.slice(at, at + count).join(''))
    at += count - 1
  }
  return whole
}

// One, unless several words together are an invitation: a text that only begins like one stays as it is.
function piecesOf(words: readonly string[], at: number): number {
  let link = words[at] ?? ''
  for (let count = 1; at + count < words.length && isCutOff(link); count++) {
    link += words[at + count]
    if (readLink(link).ok) return count + 1
  }
  return 1
}
