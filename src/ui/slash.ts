/** What a text typed at the prompt asks for. */
export type Typed =
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'nothing' }
  /** `command`: in lower case, without the slash; `rest`: what follows it; `text`: all of it. */
  | {
      readonly type: 'command'
      readonly command: string
      readonly rest: string
      readonly text: string
    }

const PRIVATE = 'To one member alone: /msg <peer> <text>'
/** What people know from other chats, and what to do here. It is never for the room, whatever a bot claims to obey. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...each('msg m query whisper w tell pm dm notice', PRIVATE),
  ...each('j channel', 'For another room: /join <room>'),
  ...each('action', 'What you do: /me <does something>'),
  ...each('exit', 'To leave: /quit'),
  ...each('leave', 'To leave this room: /part. To leave all of them: /quit')
}
/** The same of commands that a bot may have. */
const INSTEAD: Readonly<Record<string, string>> = {
  ...ELSEWHERE,
  ...each(
    'kick ban',
    'Nobody can be shut out: whoever knows the name of the room can join. /ignore <peer> hides somebody.'
  ),
  ...each('lastlog grep find', 'What was said: /search <words>'),
  ...each('window win buffer', 'To another room: Alt-1 to Alt-9, or /join <room>'),
  ...each('close wc', 'To leave this room: /part'),
  ...each('away afk back', 'Nobody is told that you are away.'),
  ...each('mute block', 'To see nothing of somebody: /ignore <peer>'),
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
  return { type: 'command', command: name.toLowerCase(), rest, text: line }
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

function each(commands: string, instead: string): Record<string, string> {
  return Object.fromEntries(commands.split(' ').map(command => [command, instead]))
}
