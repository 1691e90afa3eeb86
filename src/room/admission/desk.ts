import type { IdentityKey } from '../../base/ids.js'
import type { Answer } from '../../protocol/access/admission.js'

/** An invitation by which we let in now. */
export interface Desk {
  /** The public key of its ticket, 32 bytes. */
  readonly ticket: Uint8Array
  /** What somebody is answered who has it; undefined: nothing now. Stored, where it is a use, before this resolves. */
  decide(newcomer: IdentityKey): Promise<Answer | undefined>
}
