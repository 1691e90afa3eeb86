/** What a line typed at the prompt asks for. */
export type Typed =
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'quit' | 'who' | 'help' | 'nothing' }
  | { readonly type: 'nick'; readonly nick: string }
  | { readonly type: 'why'; readonly peer: string }
  | { readonly type: 'unknown'; readonly command: string }

interface SlashCommand {
  readonly usage: string
  readonly help: string
  readonly parse: (rest: string) => Typed
}

const COMMANDS: Readonly<Record<string, SlashCommand>> = {
  nick: {
    usage: '/nick <name>',
    help: 'call yourself something else',
    parse: nick => ({ type: 'nick', nick })
  },
  who: { usage: '/who', help: 'who is in the room', parse: () => ({ type: 'who' }) },
  why: {
    usage: '/why [peer]',
    help: 'how somebody is reached, or why not and what to do',
    parse: peer => ({ type: 'why', peer })
  },
  help: { usage: '/help', help: 'this list', parse: () => ({ type: 'help' }) },
  quit: { usage: '/quit', help: 'leave the room (so does Ctrl-C)', parse: () => ({ type: 'quit' }) }
}

/** Reads a typed line. `//text` says `/text`; an empty line is nothing. */
export function parseTyped(line: string): Typed {
  if (line.trim() === '') return { type: 'nothing' }
  if (!line.startsWith('/')) return { type: 'say', text: line }
  if (line.startsWith('//')) return { type: 'say', text: line.slice(1) }
  const [, command = '', rest = ''] = /^\/(\S*)\s*(.*)$/su.exec(line) ?? []
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  return known?.parse(rest.trim()) ?? { type: 'unknown', command }
}

/** The lines that `/help` prints. */
export function helpLines(): string[] {
  const commands = Object.values(COMMANDS)
  const width = Math.max(...commands.map(({ usage }) => usage.length))
  return commands.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`)
}
