import { ID_BYTES } from '../base/ids.js'
import {
  aBoolean,
  aFunction,
  anIdentity,
  aString,
  bytes,
  type Checks,
  checkedLater,
  checkOptions,
  listOf,
  numberFrom,
  objectOf
} from '../base/options.js'
import type { OnTrace } from '../base/trace.js'
import type { Identity } from '../home/identity.js'
import type { KeepLimits } from '../protocol/history/keep-limits.js'
import { checkNetworks } from '../swarm/networks/check-networks.js'
import type { Network } from '../swarm/networks/network.js'
import type { NetworkSpec } from '../swarm/networks/open.js'

/** How a room is opened; only `name` is needed. */
export interface RoomOptions {
  /** Whoever gives the same name is in the same room: 1 to 64 visible characters; case and a leading # do not matter. */
  readonly name: string
  /**
   * Whoever gives the same name and the same password is in the same room, and nobody else: 1 to 1024 bytes of UTF-8; case and
   * every space matter. Default: none, and the name alone leads there. It takes some tenths of a second and 64 MiB.
   */
  readonly password?: string | undefined
  /**
   * Of a private room: 32 bytes, and whoever has them is in it; `name` is only what it is called. Not with a password. Default:
   * none. See `readInvitation`.
   */
  readonly secret?: Uint8Array | undefined
  /** What we are called, 1 to 64 bytes. Default: what we were called there last, if that is kept; else `fallbackNick`. */
  readonly nick?: string | undefined
  /**
   * What we are called if neither `nick` nor what is kept says it, 1 to 64 bytes. Default: what the operating system calls the
   * user, else the short key.
   */
  readonly fallbackNick?: string | undefined
  /** Who we are. Default: the identity kept in `home`, made on first use; a fresh one for an observer. */
  readonly identity?: Identity | undefined
  /** Where identity and device keys are kept. Default: {@link homeDirectory}. Not touched where `identity` is given alone. */
  readonly home?: string | undefined
  /**
   * Which DHTs: a specification, or networks that are open, which stay so when the room is left. Default: what
   * `SWARMCHAT_NETWORK`, `SWARMCHAT_BOOTSTRAP` and `SWARMCHAT_LOCAL_PORT` say, else public, lan and local together.
   */
  readonly networks?: NetworkSpec | readonly Network[] | undefined
  /** True: looks and listens without being found, announced or shown. Default false. */
  readonly observer?: boolean | undefined
  /** True: a program, not a person; others are told. Default false. */
  readonly bot?: boolean | undefined
  /** What a bot obeys: names of commands without the slash, shown to the members. Default none. See `offerCommands`. */
  readonly commands?: readonly string[] | undefined
  /**
   * True: nothing that is said is kept on the disk. Default false: messages are kept in `home`, the newest 1,000 shown, as history, when
   * the room is opened again; never for an observer, and if `identity` is given without `home`.
   */
  readonly ephemeral?: boolean | undefined
  /**
   * How much of the room is kept, on the disk, and by its index in memory: `maxAgeMillis` (0: however old), `maxMessages`, `maxBytes`.
   * Default 90 days, 100,000 messages, 256 MB; the sizes always hold. Others keep what they keep.
   */
  readonly keep?: Partial<KeepLimits> | undefined
  /** True: takes part without being shown: nobody is told that we came or went, and what we are called is not kept. For who says one thing. Default false. */
  readonly quiet?: boolean | undefined
  /** Public keys (32 bytes each) of relays to go through where there is no direct way, beside those that members offer. */
  readonly relays?: readonly Uint8Array[] | undefined
  /** False: do not relay for other members, also where everybody can reach us. Default: relay, unless we only observe. */
  readonly volunteer?: boolean | undefined
  /**
   * Hears every step of protocol, room and swarm: see `TraceEvent`. Must be quick and not act on the
   * room. Default: nobody; the environment variable `SWARMCHAT_DEBUG` prints them beside it.
   */
  readonly onTrace?: OnTrace | undefined
  /** Uniform in [0, 1). Default Math.random. */
  readonly random?: (() => number) | undefined
}

const KEEP: Checks<KeepLimits> = {
  maxAgeMillis: numberFrom(0),
  maxMessages: numberFrom(1),
  maxBytes: numberFrom(1)
}

const CHECKS: Checks<RoomOptions> = {
  name: aString,
  password: aString,
  secret: bytes(),
  nick: aString,
  fallbackNick: aString,
  identity: anIdentity,
  home: aString,
  networks: checkedLater,
  observer: aBoolean,
  bot: aBoolean,
  commands: listOf(aString, 'names'),
  ephemeral: aBoolean,
  keep: objectOf(KEEP),
  quiet: aBoolean,
  relays: listOf(bytes(ID_BYTES), `keys, Uint8Arrays of ${ID_BYTES} bytes`),
  volunteer: aBoolean,
  onTrace: aFunction,
  random: aFunction
}

/** Throws BAD_OPTION, BAD_NETWORK for what cannot be an option of a room. */
export function checkRoomOptions(options: RoomOptions): void {
  checkOptions('Room.open', options, CHECKS, ['name'])
  if (options.networks !== undefined) checkNetworks(options.networks)
}
