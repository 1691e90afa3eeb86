import type { IdentityKey, MessageId } from '../../base/ids.js'
import { checkEmoji } from '../../room/emoji.js'
import type { Saying } from '../../room/sending/speak.js'
import { checkText, MAX_DIRECT_TEXT_BYTES } from '../../room/text.js'
import { type SlashCommand, type SlashCommands, type Talk, usageLine } from './command.js'

/** What is said about a line. `text` is what was typed beside which line is meant. */
type About = (id: MessageId, text: string) => Saying
/** The same about a private message, which goes the way that it came. `with`: whom it is from, or for. */
type AboutPrivate = (other: IdentityKey, text: string) => Saying
/** Whose line is meant where nothing else is said. */
type Whose = 'ours' | 'others' | 'anybody'

const TOO_MUCH = 'Nothing but ^2, for an earlier line, may follow.'

/** Commands about a line that was shown: the last one, or with `^2` the one before that. */
export const ABOUT_LINES: SlashCommands = {
  reply: about(
    '/reply <text>',
    'answer the last line',
    'others',
    (id, text) => ({ type: 'say', replyTo: id, text: checkText(text) }),
    (to, text) => ({ type: 'direct', to, text: checkText(text, MAX_DIRECT_TEXT_BYTES) })
  ),
  edit: about('/edit <text>', 'say yours anew', 'ours', (id, text) => ({
    type: 'edit',
    id,
    text: checkText(text)
  })),
  delete: about('/delete', 'take yours back', 'ours', id => ({ type: 'delete', id })),
  react: about('/react <sign>', 'put a sign to it', 'anybody', (id, text) => ({
    type: 'react',
    id,
    emoji: checkEmoji(text),
    removed: false
  })),
  unreact: about('/unreact <sign>', 'take it away', 'anybody', (id, text) => ({
    type: 'react',
    id,
    emoji: checkEmoji(text),
    removed: true
  }))
}

// What is typed about a private message is never said to all: no command looks for a line before it.
function about(
  usage: string,
  help: string,
  whose: Whose,
  saying: About,
  privately?: AboutPrivate
): SlashCommand {
  const run = (talk: Talk, rest: string) => {
    const { back, text } = backIn(rest)
    const needsText = usage.includes('<')
    if (needsText && text === '') return [usageLine({ usage, help })]
    if (!needsText && text !== '') return [usageLine({ usage, help }, TOO_MUCH)]
    const line = talk.view.lines.back(back, ({ from }) => isMeant(talk, whose, from))
    if (line === undefined)
      return [`! There is no such line${whose === 'ours' ? ' of yours' : ''} to see.`]
    const { id, to } = line
    if (to === undefined) talk.put(saying(id, text))
    else if (privately === undefined) return ['! A private message can only be answered: /reply']
    else talk.put(privately(line.from === talk.room.identity ? to : line.from, text))
    return []
  }
  return { usage, help, run }
}

// Nobody answers, unseen, a line of who was ignored after it.
function isMeant({ habits, room }: Talk, whose: Whose, from: IdentityKey): boolean {
  if (habits.contacts.isIgnored(from)) return false
  return whose === 'anybody' || (from === room.identity) === (whose === 'ours')
}

/** `^3 text` is about the third line back, `^ text` or just `text` about the last. */
function backIn(rest: string): { readonly back: number; readonly text: string } {
  const [, count = '', text = ''] = /^\^(\d{0,3})(?:\s+(.*))?$/su.exec(rest) ?? []
  return rest.startsWith('^') && (text !== '' || /^\^\d{0,3}\s*$/.test(rest))
    ? { back: Math.max(1, Number(count || 1)), text: text.trim() }
    : { back: 1, text: rest.trim() }
}
