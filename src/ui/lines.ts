import { type IdentityKey, shortId } from '../base/ids.js'
import type { Names } from '../base/names.js'
import { safeNick, safeText } from '../base/safe-text.js'
import type { DirectMessage, DirectRequest } from '../protocol/events.js'
import type { RoomUpdate } from '../room/events.js'
import type { RecentLine } from '../room/view/recent-lines.js'
import { cardNews } from './card.js'
import { changeLine } from './changes.js'
import { clockTime, notice } from './notice.js'
import { quoted } from './quoted.js'
import { subjectNews } from './subject.js'

/**
 * The line that a person sees for an event other than a message, undefined where there is none. `names` know who is in the room. `present`: who
 * joins was there before us. `about`: the line that is changed, if it is remembered. Safe for a terminal whatever strangers wrote.
 */
export function eventLine(
  event: Exclude<RoomUpdate, { type: 'message' }>,
  names: Names,
  now: number,
  present = false,
  about?: RecentLine
): string | undefined {
  switch (event.type) {
    case 'edit':
    case 'delete':
    case 'reaction':
      return changeLine(event, names, about)
    case 'direct':
      return directLine(event.message, names)
    case 'direct-held':
      return notice(now, held(event, names))
    case 'subject': {
      const news = subjectNews(event, names)
      return news && notice(now, news)
    }
    case 'card': {
      const news = cardNews(event, names)
      return news && notice(now, news)
    }
    case 'join':
      return notice(now, `${names.of(event)} ${present ? 'is here' : 'joined'}`)
    case 'leave':
      return notice(now, `${names.of(event)} left`)
    case 'rename':
      return notice(now, renamed(event, names))
    case 'status':
      return notice(now, event.text)
    case 'fault':
    case 'unkept':
    case 'kept':
    case 'damaged':
    case 'forgotten':
      return notice(now, safeText(event.text))
    case 'refused':
      return event.reason === 'forged-message'
        ? notice(now, `${shortId(event.peer)} sent a forged message and was shut out`)
        : undefined
    case 'forged':
      return notice(now, forged(event, names))
    case 'clock-ahead':
      return notice(now, clockAhead(event, names))
    case 'clock-back':
      return notice(now, clockBack(event))
    case 'clock-off':
      return notice(now, clockOff(event))
    case 'device-changed':
      return notice(now, DEVICE_CHANGES[event.why])
    case 'typing':
    case 'catching-up':
    case 'redated':
    case 'unsent':
    case 'peer':
    case 'receipt':
    case 'unreachable':
      return undefined
  }
}

/** Words for one member. A nick that begins with a bracket is shown with a key: nobody else's line looks like this one. */
export function directLine({ from, isRequest, nick, text, time, to }: DirectMessage, names: Names) {
  const author = names.of({ identity: from, nick })
  const reader = from === to ? author : names.ofKey(to)
  const line = `${clockTime(time)} [private] ${author} to ${reader}: ${quoted(text)}`
  return isRequest ? `${line} (new to you: /accept or /ignore ${shortId(from)})` : line
}

// Whoever has a name of ours keeps it.
function renamed(
  { identity, nick, previous }: Extract<RoomUpdate, { type: 'rename' }>,
  names: Names
) {
  const [before, after] = [names.of({ identity, nick: previous }), names.of({ identity, nick })]
  if (before !== after) return `${before} is now ${after}`
  return `${after} is now called ${safeNick(nick)} by the others`
}

function held(
  {
    count,
    identity,
    nick,
    people
  }: Pick<DirectRequest, 'count' | 'identity' | 'nick'> & { readonly people: number },
  names: Names
): string {
  const key = shortId(identity)
  const what = count === 1 ? 'a private message' : `${count} private messages`
  const wait = count === 1 ? 'waits' : 'wait'
  const others = people > 1 ? `; /requests lists all ${people} whose messages wait` : ''
  const who = names.of({ identity, nick })
  return `${what} of ${who} ${wait}: /accept ${key} shows, /ignore ${key} hides${others}`
}

function forged(
  {
    identity,
    ids: { length }
  }: { readonly identity: IdentityKey; readonly ids: readonly string[] },
  names: Names
): string {
  const name = names.ofKey(identity)
  const what =
    length === 0
      ? ''
      : `: ${length === 1 ? 'a line of theirs is' : `${length} lines of theirs are`} none`
  return `${name} has forged history${what}; nothing of ${name} is taken any more`
}

function clockAhead(
  { ahead, identity }: { readonly ahead: number; readonly identity: IdentityKey },
  names: Names
): string {
  const name = names.ofKey(identity)
  const minutes = Math.ceil(ahead / 60_000)
  return `messages of ${name} are refused: their clock is ${minutes} minutes ahead of yours`
}

const DEVICE_CHANGES = {
  copied: 'this home was copied or moved; it is a device of its own from now on',
  taken: 'another program uses the key of this device (a copied home?); you have a new one now'
} as const

function clockOff({ behind }: { readonly behind: number }): string {
  const minutes = Math.round(Math.abs(behind) / 60_000)
  return behind > 0
    ? `your clock is ${minutes} minutes behind those of the others`
    : `your clock is ${minutes} minutes ahead of those of the others, who refuse what you say`
}

function clockBack({ by, redated }: { readonly by: number; readonly redated: number }): string {
  const set = `your clock was set back by ${Math.round(by / 60_000)} minutes`
  if (redated === 0) return set
  const lines = redated === 1 ? 'a message' : `${redated} messages`
  return `${set}: ${lines} that nobody had got ${redated === 1 ? 'is' : 'are'} sent again with the new time`
}
