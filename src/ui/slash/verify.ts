import { shortId } from '../../base/ids.js'
import { safeNick } from '../../base/safe-text.js'
import { checkNick } from '../../home/nick.js'
import { safetyNumber } from '../../protocol/access/safety-number.js'
import { namesOf } from '../names.js'
import type { SlashCommand, Talk } from './command.js'
import { type Found, findPerson, splitPerson } from './find-person.js'

/** Groups in a row. */
const ROW_GROUPS = 4

/** Shows what two people compare, and keeps that they have. */
export const VERIFY: SlashCommand = {
  usage: '/verify <peer>',
  help: 'is it them?',
  completes: 'person',
  run: verify
}

function verify(talk: Talk, rest: string): readonly string[] {
  const [peer, answer] = splitPerson(talk, rest)
  const found = findPerson(talk, peer)
  if (typeof found === 'string') return [found]
  const word = answer.trim().toLowerCase()
  if (word === '') return show(talk, found)
  if (word === 'yes') return [confirm(talk, found)]
  return [word === 'no' ? takeBack(talk, found) : '! /verify <peer>, and then yes or no']
}

function show({ habits, room }: Talk, { identity, nick }: Found): readonly string[] {
  const groups = safetyNumber(room.identity, identity)
  const rows = [0, 1, 2].map(row => groups.slice(row * ROW_GROUPS, (row + 1) * ROW_GROUPS))
  const name = habits.contacts.nameOf(identity) ?? nick
  const shown = safeNick(name)
  const after = habits.contacts.isVerified(identity)
    ? `You have verified ${shown}.`
    : `If ${shown} sees the same (ask by voice), /verify ${shown} yes keeps that this is ${shown}.`
  return [
    `Safety number of you and ${shown} (${shortId(identity)}):`,
    ...rows.map(row => `  ${row.join(' ')}`),
    after
  ]
}

function confirm({ habits, room }: Talk, { identity, nick }: Found): string {
  const { contacts } = habits
  const name = contacts.nameOf(identity) ?? checkNick(nick)
  const other = contacts.all().find(each => each.name === name && each.identity !== identity)
  if (other !== undefined)
    return `! You call somebody else ${safeNick(name)}: swarmchat contacts forget ${other.identity}`
  if (!contacts.setVerified(identity, name)) return '! You know too many people already.'
  namesOf(room).pin(identity, name, true)
  return `${safeNick(name)} is ${shortId(identity)}. Whoever else takes that name is flagged.`
}

function takeBack({ habits, room }: Talk, { identity }: Found): string {
  const name = habits.contacts.nameOf(identity)
  if (name === undefined || !habits.contacts.isVerified(identity)) return '! They are not verified.'
  habits.contacts.setVerified(identity, undefined)
  namesOf(room).pin(identity, name)
  return `${safeNick(name)} is not verified any more.`
}
