// Invitations as words: whoever reads one has the room, so none is shown by mistake. What one says, and whether it is whole,
// src/protocol/access/invitation-link.ts knows.

/** What every invitation begins with. */
export const LINK_PREFIX = 'swarmchat:'

/** What mail programs, chats and people put between the characters of a link, or around it. */
const BETWEEN = /[\s"'`<>()«»“”„‘’\u00ad\u200b-\u200d\u2060\ufeff-]/g
const LINKS = /swarmchat:[0-9a-z]+/gi
/** A link that words come before: no word is so long. */
const AFTER_WORDS = /swarmchat:[0-9a-z]{40}/i

/** The characters of a link, as far as they can be told from what is between them and before it. */
export function bareLink(text: string): string {
  const bare = text.replace(BETWEEN, '')
  return bare.slice(Math.max(0, bare.search(AFTER_WORDS)))
}

/** True for what was meant as an invitation, whatever is wrong with it: so it is no room's name. */
export function isLink(text: string): boolean {
  return bareLink(text).toLowerCase().startsWith(LINK_PREFIX)
}

/** The text without what its invitations say. */
export function hideLinks(text: string): string {
  return text.replace(LINKS, `${LINK_PREFIX}...`)
}
