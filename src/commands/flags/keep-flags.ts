import { integer, string } from '@oclif/core/flags'
import { SwarmchatError } from '../../base/errors.js'
import { spanOf } from '../../base/span.js'
import type { RoomOptions } from '../../room/open.js'

const BYTES_PER_MB = 1_000_000

/** BAD_AGE: this says no time that messages are kept for. */
const badAge = (text: string) =>
  new SwarmchatError('BAD_AGE', `${text} is no age.`, {
    hint: 'Give how long messages are kept: 12h, 30d, 8w, or 0 for however long.'
  })

/** For commands that take part in a room: how much of it is kept. Read them with {@link parseKeepFlags}. */
export const keepFlags = {
  keep: string({
    helpValue: 'AGE',
    description: 'keep what is not older, as 30d; 0: however old [default: 90d]'
  }),
  'keep-messages': integer({
    min: 1,
    max: 1_000_000,
    description: 'keep so many messages at most, 1 kB of memory each [default: 100000]'
  }),
  'keep-size': integer({
    min: 1,
    max: 4_096,
    helpValue: 'MB',
    description: 'keep so much at most [default: 256]'
  })
}

/** What a command was given. */
export interface KeepFlags {
  readonly keep?: string | undefined
  readonly 'keep-messages'?: number | undefined
  readonly 'keep-size'?: number | undefined
}

/** How much is kept. Throws BAD_AGE. */
export function parseKeepFlags(flags: KeepFlags): NonNullable<RoomOptions['keep']> {
  const { keep, 'keep-messages': maxMessages, 'keep-size': size } = flags
  return {
    ...(keep !== undefined && { maxAgeMillis: ageOf(keep) }),
    ...(maxMessages !== undefined && { maxMessages }),
    ...(size !== undefined && { maxBytes: size * BYTES_PER_MB })
  }
}

function ageOf(text: string) {
  const age = text === '0' ? 0 : spanOf(text)
  if (age === undefined || (age === 0 && text !== '0')) throw badAge(text)
  return age
}
