import { boolean } from '@oclif/core/flags'

/** For commands that take part in a room. */
export const ephemeralFlag = {
  ephemeral: boolean({ description: 'keep nothing of what is said on the disk' })
}
