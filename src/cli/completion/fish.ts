import type { CommandShape, FlagShape, Values } from './shape.js'

const ROOMS = '(swarmchat rooms --names 2>/dev/null)'

/** The completion of fish: to be sourced, or kept as \`swarmchat.fish\` among its completions. */
export function fishCompletion(commands: readonly CommandShape[]): string {
  return `# Completion of swarmchat for fish: swarmchat completion fish | source

function __swarmchat_command
    set -l command
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        if contains -- (string join ' ' $command $word) ${names(commands)}
            set command (string join ' ' $command $word)
        else
            break
        end
    end
    echo $command
end

function __swarmchat_in
    test (__swarmchat_command) = "$argv[1]"
end

complete -c swarmchat -f
${commands.flatMap(linesOf).join('\n')}
`
}

function linesOf({ args, flags, help, name }: CommandShape): string[] {
  const words = name.split(' ')
  const parent = words.slice(0, -1).join(' ')
  return [
    line(parent, `-a ${quoted(words.at(-1) ?? '')} -d ${quoted(help)}`),
    ...args.flatMap(values => valuesOf(values).map(each => line(name, each))),
    ...flags.map(flag => line(name, flagOf(flag)))
  ]
}

function flagOf({ help, names, values }: FlagShape): string {
  const parts = names.map(each =>
    each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`
  )
  const takes = values === undefined ? [] : ['-r', ...valuesOf(values)]
  return [...parts, ...takes, `-d ${quoted(help)}`].join(' ')
}

function valuesOf({ files, rooms, words }: Values): string[] {
  return [
    ...(words.length === 0 ? [] : [`-a ${quoted(words.join(' '))}`]),
    ...(rooms ? [`-a ${quoted(ROOMS)}`] : []),
    ...(files ? ['-F'] : [])
  ]
}

function line(command: string, rest: string): string {
  return `complete -c swarmchat -n ${quoted(`__swarmchat_in ${quoted(command)}`)} ${rest}`
}

function names(commands: readonly CommandShape[]): string {
  return commands.map(({ name }) => quoted(name)).join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
