const SPECIAL = /[.*+?^${}()|[\]\\/]/g

/** What is left of a text that begins with the nick (`dice: ...`, `@dice ...`); undefined where it does not. */
export function withoutAddress(text: string, nick: string): string | undefined {
  const found = new RegExp(
    `^\\s*(?:@${quoted(nick)}(?![\\p{L}\\p{N}_-])[:,]?|${quoted(nick)}[:,])\\s*`,
    'iu'
  ).exec(text)
  return found === null ? undefined : text.slice(found[0].length)
}

/** True where the text speaks to the nick: `dice: ...`, `... @dice ...`, `/roll@dice`. */
export function isAddressed(text: string, nick: string): boolean {
  if (withoutAddress(text, nick) !== undefined) return true
  return new RegExp(`@${quoted(nick)}(?![\\p{L}\\p{N}_-])`, 'iu').test(text)
}

function quoted(nick: string): string {
  return nick.replace(SPECIAL, '\\$&')
}
