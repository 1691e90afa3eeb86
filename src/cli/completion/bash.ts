import { type Offers, offering, quoted, readWords } from './posix.js'
import type { CommandShape } from './shape.js'

// Never `compgen -W`: it expands what is in its words, and a room may be called $(anything).

const OFFERS: Offers = {
  words: words => `__swarmchat_words ${words.map(([word]) => quoted(word)).join(' ')}`,
  rooms: '__swarmchat_rooms',
  files: '__swarmchat_files'
}

/** The completion of bash, 3.2 and later: to be sourced. */
export function bashCompletion(commands: readonly CommandShape[]): string {
  return `# Completion of swarmchat for bash: source <(swarmchat completion bash)

__swarmchat_words() {
  local word
  for word in "$@"; do
    if [[ "$word" == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done
}

__swarmchat_rooms() {
  local room
  while IFS= read -r room; do
    printf -v room '%q' "$room"
    if [[ "$room" == "$cur"* ]]; then COMPREPLY+=("$room"); fi
  done < <(swarmchat rooms --names 2>/dev/null)
}

__swarmchat_files() {
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$cur")
  compopt -o filenames 2>/dev/null
}

_swarmchat() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" command= taker= word i positional=0
  local words=("\${COMP_WORDS[@]}")
  COMPREPLY=()
${readWords(commands, 1, 'COMP_CWORD')}
${offering(commands, OFFERS)}
  return 0
}

complete -F _swarmchat swarmchat
`
}
