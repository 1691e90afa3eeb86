/** What a text typed at the prompt asks for. */
export type Typed =
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'quit' | 'who' | 'help' | 'nothing' }
  /** What to type instead. */
  | { readonly type: 'incomplete'; readonly usage: string }
  | { readonly type: 'nick'; readonly nick: string }
  | { readonly type: 'why'; readonly peer: string }
  | { readonly type: 'direct'; readonly to: string; readonly text: string }
  | { readonly type: 'accept' | 'ignore'; readonly who: string }
  /** No command of ours: a bot's, if one obeys it. `command`: in lower case, without the slash. */
  | { readonly type: 'other'; readonly command: string; readonly text: string }

interface SlashCommand {
  readonly usage: string
  readonly help: string
  readonly parse: (rest: string) => Typed
}

const NICK_USAGE = '/nick <name>'
const MSG_USAGE = '/msg <who> <text>'

// One row of a terminal of 40 columns each.
const COMMANDS: Readonly<Record<string, SlashCommand>> = {
  nick: {
    usage: NICK_USAGE,
    help: 'a new name for yourself',
    parse: nick =>
      nick === '' ? { type: 'incomplete', usage: NICK_USAGE } : { type: 'nick', nick }
  },
  who: { usage: '/who', help: 'who is here', parse: () => ({ type: 'who' }) },
  why: {
    usage: '/why [peer]',
    help: 'how somebody is reached',
    parse: peer => ({ type: 'why', peer })
  },
  msg: {
    usage: '/msg <who> ...',
    help: 'to one member',
    parse: rest => {
      const [, to = '', text = ''] = /^(\S+)\s+(\S.*)$/su.exec(rest) ?? []
      return to === '' ? { type: 'incomplete', usage: MSG_USAGE } : { type: 'direct', to, text }
    }
  },
  accept: { usage: '/accept <who>', help: 'read a stranger', parse: judging('accept') },
  ignore: { usage: '/ignore <who>', help: 'hide a stranger', parse: judging('ignore') },
  help: { usage: '/help', help: 'this list', parse: () => ({ type: 'help' }) },
  quit: { usage: '/quit', help: 'leave (so does Ctrl-C)', parse: () => ({ type: 'quit' }) }
}

const PRIVATE = `To one member alone: ${MSG_USAGE}`
const OTHER_ROOM = 'For another room: swarmchat join <room>, in another terminal.'
function judging(type: 'accept' | 'ignore'): (who: string) => Typed {
  return who => (who === '' ? { type: 'incomplete', usage: `/${type} <who>` } : { type, who })
}

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
    'kick ban mute block',
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
  const rows = [...commands, { usage: '//text', help: 'say a line with a slash' }]
  const width = rows.reduce((most, { usage }) => Math.max(most, usage.length), 0)
  const lines = rows.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`)
  return others.length === 0 ? lines : [...lines, `Bots here obey: ${others.join(' ')}`]
}

function each(commands: string, instead: string): Record<string, string> {
  return Object.fromEntries(commands.split(' ').map(command => [command, instead]))
}
