import { shortId } from '../../base/ids.js'
import { safeNick } from '../../base/safe-text.js'
import { checkNick } from '../../home/nick.js'
import { checkText, MAX_DIRECT_TEXT_BYTES } from '../../room/text.js'
import { namesOf } from '../names.js'
import { whyLines } from '../why.js'
import { type SlashCommands, type Talk, usageLine } from './command.js'
import { type Found, findPerson, splitPerson } from './find-person.js'
import { requestRows } from './requests.js'
import { VERIFY } from './verify.js'
import { whoRows } from './who.js'

const TOO_MANY = '! You know too many people already.'

const MSG = { usage: '/msg <peer> <it>', help: 'to one alone' }

/** Commands about those in the room. */
export const PEOPLE: SlashCommands = {
  who: { usage: '/who', help: 'who is here', run: whoRows },
  why: {
    usage: '/why [peer]',
    help: 'how they are reached',
    completes: 'person',
    run: ({ room }, peer) => whyLines(room.peers(), peer, namesOf(room))
  },
  msg: { ...MSG, completes: 'person', run: message },
  requests: { usage: '/requests', help: 'strangers who wrote', run: requestRows },
  verify: VERIFY,
  accept: {
    usage: '/accept <peer>',
    help: 'read a stranger',
    completes: 'person',
    run: (talk, peer) => withPerson(talk, peer, accept)
  },
  contact: {
    usage: '/contact <peer>',
    help: 'then a name for them',
    completes: 'person',
    run: contact
  },
  ignore: {
    usage: '/ignore <peer>',
    help: 'hide somebody',
    completes: 'person',
    run: (talk, peer) => withPerson(talk, peer, ignore)
  },
  unignore: {
    usage: '/unignore <peer>',
    help: 'show them again',
    completes: 'person',
    run: (talk, peer) => withPerson(talk, peer, unignore)
  }
}

function withPerson(talk: Talk, wanted: string, act: (talk: Talk, found: Found) => string) {
  const found = findPerson(talk, wanted)
  return [typeof found === 'string' ? found : act(talk, found)]
}

// Whom we write to is no stranger, and what we wrote can be found again.
function message(talk: Talk, rest: string): readonly string[] {
  const [peer, text] = splitPerson(talk, rest)
  if (text.trim() === '') return [usageLine(MSG, 'What to say is missing.')]
  const found = findPerson(talk, peer)
  if (typeof found === 'string') return [found]
  talk.habits.contacts.setAccepted(found.identity, true)
  talk.put({ type: 'direct', to: found.identity, text: checkText(text, MAX_DIRECT_TEXT_BYTES) })
  return []
}

function contact(talk: Talk, rest: string): readonly string[] {
  const [peer, text] = splitPerson(talk, rest)
  return withPerson(
    talk,
    peer,
    text.trim() === '' ? takeName : (_, found) => giveName(talk, found, text)
  )
}

function giveName({ habits, room }: Talk, found: Found, text: string): string {
  const { contacts } = habits
  const name = checkNick(text)
  const other = contacts.named(name)
  if (other !== undefined && other !== found.identity)
    return `! You call somebody else ${name}: ${shortId(other)}.`
  const before = nameOf(room, found)
  if (!contacts.setName(found.identity, name)) return TOO_MANY
  return `You call ${before} ${name} from now on, in every room.`
}

function takeName({ habits, room }: Talk, found: Found): string {
  const { contacts } = habits
  const name = contacts.nameOf(found.identity)
  if (name === undefined)
    return `! ${nameOf(room, found)} has no name of yours. /contact <peer> <name> gives one.`
  contacts.setName(found.identity, undefined)
  return `You call ${safeNick(name)} ${nameOf(room, found)} again.`
}

function accept({ habits, room }: Talk, found: Found): string {
  room.judge(found.identity, true)
  if (!habits.contacts.setAccepted(found.identity, true)) return TOO_MANY
  return `What ${nameOf(room, found)} writes to you alone is shown from now on.`
}

function ignore({ habits, room }: Talk, found: Found): string {
  if (!habits.contacts.setIgnored(found.identity, true)) return TOO_MANY
  room.judge(found.identity, false)
  habits.contacts.setAccepted(found.identity, false)
  return `Nothing of ${nameOf(room, found)} is shown any more, in no room. /unignore shows it again.`
}

function unignore({ habits, room }: Talk, found: Found): string {
  const name = nameOf(room, found)
  if (!habits.contacts.isIgnored(found.identity)) return `! ${name} is not ignored.`
  habits.contacts.setIgnored(found.identity, false)
  room.judge(found.identity, undefined)
  return `What ${name} says from now on is shown again.`
}

function nameOf(room: Talk['room'], { identity, nick }: Found): string {
  return namesOf(room).ofMember(identity) ?? safeNick(nick)
}
