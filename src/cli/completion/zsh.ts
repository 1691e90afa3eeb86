import { type Offers, offering, quoted, readWords } from './posix.js'
import type { CommandShape } from './shape.js'

const OFFERS: Offers = {
  words: words => `__swarmchat_words ${words.map(described).join(' ')}`,
  rooms: '__swarmchat_rooms',
  files: '_files'
}

/** The completion of zsh: to be sourced after compinit, or kept as \`_swarmchat\` in a directory of fpath. */
export function zshCompletion(commands: readonly CommandShape[]): string {
  return `#compdef swarmchat
# Completion of swarmchat for zsh: source <(swarmchat completion zsh)

__swarmchat_words() {
  local -a offered=("$@")
  _describe -t words word offered
}

__swarmchat_rooms() {
  local -a rooms=("\${(@f)$(swarmchat rooms --names 2>/dev/null)}")
  rooms=(\${rooms:#})
  (( $#rooms )) && compadd -a rooms
}

_swarmchat() {
  local cur="\${words[CURRENT]}" command= taker= word
  integer i positional=0
${readWords(commands, 2, 'CURRENT')}
${offering(commands, OFFERS)}
}

if [[ "$funcstack[1]" = _swarmchat ]]; then
  _swarmchat "$@"
else
  compdef _swarmchat swarmchat
fi
`
}

// What stands before a colon is the word.
function described([word, help]: readonly [string, string]): string {
  const safe = word.replaceAll(':', '\\:')
  return quoted(help === '' ? safe : `${safe}:${help}`)
}
