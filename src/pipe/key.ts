import b4a from 'b4a'
import { SwarmchatError } from '../base/errors.js'
import { parseId } from '../base/ids.js'

/** BAD_KEY: that is no public key. */
export const badKey = (reason: string) =>
  new SwarmchatError('BAD_KEY', `That is not a public key: ${reason}.`, {
    hint: 'A public key is 64 hex digits (0-9, a-f), as swarmchat listen prints it.'
  })

/** Reads a public key of 64 hex digits into its 32 bytes; throws BAD_KEY. */
export function parseKey(text: string | undefined): Uint8Array {
  if (text === undefined || text.trim() === '') throw badKey('there is none')
  const id = parseId(text.trim())
  if (id !== undefined) return b4a.from(id, 'hex')
  throw badKey(
    /^[0-9a-f]*$/i.test(text.trim())
      ? `it has ${text.trim().length} digits`
      : 'it has other characters'
  )
}

/** A public key as 64 hex digits. */
export function formatKey(publicKey: Uint8Array): string {
  return b4a.toString(publicKey, 'hex')
}
