import { safeText } from '../base/safe-text.js'

/** What is said of a room that is a private one from now on, on this device. */
export const privateFromNowOn = (name: string) => ({
  message: `${safeText(name)} is a private room here from now on, and its secret is kept in your home.`,
  hint: `Come back with: swarmchat join ${safeText(name)}. The public room of that name: --public.`
})
