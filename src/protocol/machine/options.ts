import type { KeyPair } from '../../base/crypto.js'
import type { MessageId, PeerKey, Topic } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { KeepLimits } from '../history/keep-limits.js'
import type { Recall } from '../history/shelf.js'
import type { HistoryTuning } from '../history/tuning.js'
import type { MembershipTuning } from '../membership/tuning.js'
import type { PresenceTuning } from '../presence/tuning.js'
import type { VerifiedMessages } from '../wire/message.js'

/** What a member may choose for itself, where it differs from the defaults. For the simulator. */
export interface RoomTuning {
  readonly presence?: Partial<PresenceTuning>
  readonly history?: Partial<HistoryTuning>
  readonly membership?: Partial<MembershipTuning>
}

/** What a room starts from. */
export interface RoomMachineOptions {
  /** 32 bytes: what every link proves. */
  readonly roomSecret: Uint8Array
  readonly topic: Topic
  /** Who signs our messages. */
  readonly identity: KeyPair
  /** The key of our end of every connection. */
  readonly device: PeerKey
  /** Cut to 64 bytes of UTF-8; the short identity where nothing is left. */
  readonly nick: string
  /** True: nobody chose the nick, and one that is chosen on another device of this identity counts more. Default false. */
  readonly nickIsDefault?: boolean
  /** Looks and listens, and is no member. Default false. */
  readonly observer?: boolean
  /** This device stores what it is handed: an invitation that is counted can be. Default false. */
  readonly keeps?: boolean
  /** A program, not a person. Default false. */
  readonly bot?: boolean
  /** What a bot obeys: names without the slash; see `commandNames`. Default none. */
  readonly commands?: readonly string[]
  /** 8 random bytes, new for every running program: then another one with our device key is noticed (`device-taken`). */
  readonly instance: Uint8Array
  /** 16 bytes of the system's generator, new ones each time: no seed may give them, or they would tell what is sealed. */
  readonly nonce: () => Uint8Array
  /** Takes part and says what it says, but no presence: nobody is told that it came or went. Default false. */
  readonly quiet?: boolean
  readonly random: Random
  /** What is kept of the room. Default DEFAULT_KEEP. */
  readonly keep?: Partial<KeepLimits> | undefined
  /**
   * Gives the bytes back of what was to be stored, at once: then only what the protocol needs of it is in memory. Default:
   * everything is in memory.
   */
  readonly recall?: Recall | undefined
  /** Hears of a message whose bytes the store has not, or no longer as they were. May not act on the machine. */
  readonly onlost?: ((id: MessageId) => void) | undefined
  /** What was verified before, for many members in one process. Default: nothing is remembered beside what is kept. */
  readonly verified?: VerifiedMessages | undefined
  /** Default: the defaults of each folder. */
  readonly tuning?: RoomTuning
}
