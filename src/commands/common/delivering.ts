import { boolean, integer } from '@oclif/core/flags'
import { SwarmchatError } from '../../base/errors.js'
import { safeJson } from '../../ndjson/codec.js'
import { networkFlags } from '../flags/network-flags.js'
import { nickFlag } from '../flags/nick-flag.js'
import { relayFlag } from '../flags/relay-flags.js'
import { roomFlags } from '../flags/room-flags.js'
import { timeoutFlag } from '../flags/timeout-flag.js'

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

/** The same for scripts; `kept`: too few have it, and it is kept here for those who come later. */
export function haveJson(have: number, wanted: number, kept = false): string {
  return safeJson({ type: 'sent', have, wanted, ...(kept && { kept }) })
}

/** True for what says that too few have it, if it is kept here. */
export function isKept(thrown: unknown): boolean {
  return thrown instanceof SwarmchatError && thrown.facts.kept === true
}
