import { boolean, string } from '@oclif/core/flags'
import { parseKey } from '../../pipe/key.js'

/** The flag of every command that dials; read it with `parseRelays`. */
export const relayFlag = {
  relay: string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'KEY',
    description:
      'public key of a relay (swarmchat relay) to use if there is no direct way; may be given several times'
  })
}

/** The flag of every command that stays in a room. */
export const volunteerFlag = {
  'no-relay': boolean({
    description: 'do not relay for other members, even if everybody can reach this machine'
  })
}

/** The relays' public keys. Throws BAD_KEY. */
export function parseRelays(relays: readonly string[] = []): Uint8Array[] {
  return relays.map(parseKey)
}
