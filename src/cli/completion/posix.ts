import type { CommandShape, FlagShape, Values } from './shape.js'

// bash and zsh read a line alike: what differs is how words are offered.

/** What a shell does for each place of a line, as commands of the shell. */
export interface Offers {
  /** `words`: each with a few words about it, which may be empty. */
  readonly words: (words: readonly (readonly [word: string, help: string])[]) => string
  readonly rooms: string
  readonly files: string
}

/** A word that the shell takes as it is. */
export function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Of the words before the one that is completed: which command, how many words of its own, which flag waits for a value. */
export function readWords(commands: readonly CommandShape[], first: number, end: string): string {
  const names = commands.map(({ name }) => quoted(name)).join('|')
  return `  for ((i = ${first}; i < ${end}; i++)); do
    word="\${words[i]}"
    if [[ -n "$taker" ]]; then
      taker=
      continue
    fi
    case "$word" in
      -*)
        case "$command $word" in
          ${takers(commands)}) taker="$word" ;;
        esac
        ;;
      *)
        case "$positional\${command:+$command }$word" in
          ${names.replace(/(^|\|)('?)/g, '$1$20')}) command="\${command:+$command }$word" ;;
          *) positional=$((positional + 1)) ;;
        esac
        ;;
    esac
  done`
}

/** What is offered in each place, `$command`, `$taker`, `$positional` and `$cur` being known. */
export function offering(commands: readonly CommandShape[], offers: Offers): string {
  const values = commands.flatMap(command => valueCases(command, offers))
  const flags = commands.map(({ flags, name }) => {
    const words = flags.flatMap(({ help, names }) => names.map(word => [word, help] as const))
    return `      ${quoted(name)}) ${offers.words(words)} ;;`
  })
  const places = commands.flatMap(command => placeCases(command, commands, offers))
  return `  if [[ -n "$taker" ]]; then
    case "$command $taker" in
${values.join('\n')}
    esac
  elif [[ "$cur" == -* ]]; then
    case "$command" in
${flags.join('\n')}
      '') ${offers.words([
        ['--help', 'how to use it'],
        ['--version', 'which version this is']
      ])} ;;
    esac
  else
    case "$command:$positional" in
      :0) ${offers.words(firstWords(commands))} ;;
${places.join('\n')}
    esac
  fi`
}

function takers(commands: readonly CommandShape[]): string {
  const all = commands.flatMap(({ flags, name }) =>
    flags.filter(takesValue).flatMap(({ names }) => names.map(flag => quoted(`${name} ${flag}`)))
  )
  return all.join('|')
}

function takesValue({ values }: FlagShape): boolean {
  return values !== undefined
}

function valueCases({ flags, name }: CommandShape, offers: Offers): string[] {
  return flags.flatMap(({ names, values }) => {
    const offered = values === undefined ? '' : offersFor(values, [], offers)
    const all = names.map(flag => quoted(`${name} ${flag}`)).join('|')
    return offered === '' ? [] : `      ${all}) ${offered} ;;`
  })
}

function placeCases(
  command: CommandShape,
  commands: readonly CommandShape[],
  offers: Offers
): string[] {
  const { args, name, repeats } = command
  const subs = nextWords(commands, name)
  const places = args.length === 0 && subs.length > 0 ? [undefined] : args
  return places.flatMap((values, at) => {
    const offered = offersFor(values, at === 0 ? subs : [], offers)
    const place = `${name}:${repeats && at === places.length - 1 && at > 0 ? '*' : at}`
    const later =
      repeats && at === 0 && places.length === 1 && values !== undefined
        ? `\n      ${quotedPlace(`${name}:*`)}) ${offersFor(values, [], offers)} ;;`
        : ''
    return offered === '' ? [] : `      ${quotedPlace(place)}) ${offered} ;;${later}`
  })
}

// The star is the shell's.
function quotedPlace(place: string): string {
  return place.endsWith('*') ? `${quoted(place.slice(0, -1))}*` : quoted(place)
}

function offersFor(
  values: Values | undefined,
  words: readonly (readonly [string, string])[],
  offers: Offers
): string {
  const all = [...words, ...(values?.words ?? []).map(word => [word, ''] as const)]
  return [
    ...(all.length === 0 ? [] : [offers.words(all)]),
    ...(values?.rooms ? [offers.rooms] : []),
    ...(values?.files ? [offers.files] : [])
  ].join('; ')
}

function firstWords(commands: readonly CommandShape[]): (readonly [string, string])[] {
  return commands.flatMap(({ help, name }) => (name.includes(' ') ? [] : [[name, help] as const]))
}

function nextWords(
  commands: readonly CommandShape[],
  first: string
): (readonly [string, string])[] {
  return commands.flatMap(({ help, name }) =>
    name.startsWith(`${first} `) ? [[name.slice(first.length + 1), help] as const] : []
  )
}
