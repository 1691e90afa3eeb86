import { safeText } from '../base/safe-text.js'

const PLAIN_WORD = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u

/** A name as a shell takes it for one word. Safe for a terminal. */
export function asWord(name: string): string {
  const text = safeText(name)
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** What is said of a room that is a private one from now on, on this device. */
export const privateFromNowOn = (name: string) => ({
  message: `${safeText(name)} is a private room here from now on, and its secret is kept in your home.`,
  hint: `Come back with: swarmchat join ${asWord(name)}. The public room of that name: --public.`
})
