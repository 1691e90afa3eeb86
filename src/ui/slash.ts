/** What a text typed at the prompt asks for. */
export type Typed =
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'quit' | 'who' | 'help' | 'nothing' }
  /** What to type instead. */
  | { readonly type: 'incomplete'; readonly usage: string }
  | { readonly type: 'nick'; readonly nick: string }
  | { readonly type: 'why'; readonly peer: string }
  /** About the line that is so many lines back, 1 the last: somebody else's for a reply or reaction, else one of ours. */
  | {
      readonly type: 'reply' | 'edit' | 'react' | 'unreact'
      readonly back: number
      readonly text: string
    }
  | { readonly type: 'delete'; readonly back: number }
  /** No command of ours: a bot's, if one obeys it. `command`: in lower case, without the slash. */
  | { readonly type: 'other'; readonly command: string; readonly text: string }

interface SlashCommand {
  readonly usage: string
  readonly help: string
  readonly parse: (rest: string) => Typed
}

const NICK_USAGE = '/nick <name>'

// One row of a terminal of 40 columns each.
const COMMANDS: Readonly<Record<string, SlashCommand>> = {
  nick: {
    usage: NICK_USAGE,
    help: 'a new name for yourself',
    parse: nick =>
      nick === '' ? { type: 'incomplete', usage: NICK_USAGE } : { type: 'nick', nick }
  },
  who: { usage: '/who', help: 'who is here', parse: () => ({ type: 'who' }) },
  reply: about('reply', '/reply <text>', 'answer the last line'),
  edit: about('edit', '/edit <text>', 'say yours anew'),
  delete: {
    usage: '/delete',
    help: 'take yours back',
    parse: rest => {
      const { back, text } = backIn(rest)
      if (text !== '') return { type: 'incomplete', usage: '/delete' }
      return { type: 'delete', back }
    }
  },
  react: about('react', '/react <sign>', 'put a sign to it'),
  unreact: about('unreact', '/unreact <sign>', 'take it away'),
  why: {
    usage: '/why [peer]',
    help: 'how somebody is reached',
    parse: peer => ({ type: 'why', peer })
  },
  help: { usage: '/help', help: 'this list', parse: () => ({ type: 'help' }) },
  quit: { usage: '/quit', help: 'leave (so does Ctrl-C)', parse: () => ({ type: 'quit' }) }
}

const PRIVATE = 'There are no private messages here: everybody in the room reads what is said.'
const OTHER_ROOM = 'For another room: swarmchat join <room>, in another terminal.'
/** What people know from other chats, and what to do here. It is never for the room, whatever a bot claims to obey. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...each('msg m query whisper w tell pm dm notice', PRIVATE),
  ...each('join j channel', OTHER_ROOM),
  ...each('me action', 'Say it in words.'),
  ...each('exit leave part', 'To leave the room: /quit')
}
/** The same of commands that a bot may have. */
const INSTEAD: Readonly<Record<string, string>> = {
  ...ELSEWHERE,
  ...each(
    'kick ban mute ignore block',
    'Nobody can be shut out: whoever knows the name of the room can join.'
  ),
  ...each('names list users members', 'Who is in the room: /who'),
  ...each('name rename', 'To be called something else: /nick <name>'),
  ...each('whois ping', 'How somebody is reached: /why <peer>')
}

/**
 * Reads a typed text. A slash, in any case of letters and after any blanks, begins a command; `//text` says `/text`; a text of
 * several lines was pasted, and is said as it is.
 */
export function parseTyped(text: string): Typed {
  const line = text.trim()
  if (line === '') return { type: 'nothing' }
  if (line.includes('\n') || !line.startsWith('/')) return { type: 'say', text }
  if (line.startsWith('//')) return { type: 'say', text: line.slice(1) }
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/su.exec(line) ?? []
  const command = name.toLowerCase()
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  return known?.parse(rest) ?? { type: 'other', command, text: line }
}

/** True if a command is not to reach the room though a bot there says that it obeys it. */
export function isNeverForTheRoom(command: string): boolean {
  return Object.hasOwn(ELSEWHERE, command)
}

/** What to do instead of a command that there is in other chats only. */
export function insteadOf(command: string): string {
  const instead = Object.hasOwn(INSTEAD, command) ? INSTEAD[command] : undefined
  return instead ?? '/help lists the commands.'
}

/** The lines that `/help` prints. `others`: what bots in the room obey, safe to show. */
export function helpLines(others: readonly string[] = []): string[] {
  const commands = Object.values(COMMANDS)
  const rows = [
    ...commands,
    { usage: '/reply ^2 yes', help: 'the one before that' },
    { usage: '//text', help: 'say a slash line' }
  ]
  const width = rows.reduce((most, { usage }) => Math.max(most, usage.length), 0)
  const lines = rows.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`)
  return others.length === 0 ? lines : [...lines, `Bots here obey: ${others.join(' ')}`]
}

function about(
  type: 'reply' | 'edit' | 'react' | 'unreact',
  usage: string,
  help: string
): SlashCommand {
  const parse = (rest: string): Typed => {
    const { back, text } = backIn(rest)
    return text === '' ? { type: 'incomplete', usage } : { type, back, text }
  }
  return { usage, help, parse }
}

/** `^3 text` is about the third line back, `^ text` or just `text` about the last. */
function backIn(rest: string): { readonly back: number; readonly text: string } {
  const [, count = '', text = ''] = /^\^(\d{0,3})(?:\s+(.*))?$/su.exec(rest) ?? []
  return rest.startsWith('^') && (text !== '' || /^\^\d{0,3}\s*$/.test(rest))
    ? { back: Math.max(1, Number(count || 1)), text: text.trim() }
    : { back: 1, text: rest.trim() }
}

function each(commands: string, instead: string): Record<string, string> {
  return Object.fromEntries(commands.split(' ').map(command => [command, instead]))
}
