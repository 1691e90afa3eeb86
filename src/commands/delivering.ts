import { boolean, integer } from '@oclif/core/flags'
import { safeJson } from '../ndjson/codec.js'
import { networkFlags } from './network-flags.js'
import { nickFlag } from './nick-flag.js'
import { relayFlag } from './relay-flags.js'
import { roomFlags } from './room-flags.js'
import { timeoutFlag } from './timeout-flag.js'

/** The flags of commands that join, put one thing, wait until others have it, and leave. */
export const deliveryFlags = {
  ...nickFlag,
  wait: integer({ min: 1, default: 1, description: 'wait until this many members have it' }),
  ...timeoutFlag(15, 'give up after this many seconds'),
  json: boolean({ description: 'print how many have it as a JSON object' }),
  ...roomFlags,
  ...networkFlags,
  ...relayFlag
}

/** How many have it, for people. */
export function haveLine(have: number): string {
  return `${have} ${have === 1 ? 'member' : 'members'} got it.`
}

/** The same for scripts. */
export function haveJson(have: number, wanted: number): string {
  return safeJson({ type: 'sent', have, wanted })
}
