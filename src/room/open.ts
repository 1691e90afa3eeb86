import { idFromBytes, idToBytes } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { freshDevice, openDevice } from '../home/device-key.js'
import { homeDirectory } from '../home/directory.js'
import { freshIdentity, type Identity, loadIdentity } from '../home/identity.js'
import { MAX_STREAMS } from '../protocol/config.js'
import { RoomMachine } from '../protocol/machine/room-machine.js'
import { type Network, type NetworkSpec, openNetworks } from '../swarm/networks/network.js'
import { Swarm } from '../swarm/swarm.js'
import { roomKeys } from './keys.js'
import { checkNick, defaultNick } from './nick.js'
import type { RoomParts } from './room.js'

/** A dial of a dead peer holds a slot of the swarm for so long. Guess: with 8 slots 32 dead ones a second, which is as fast as a busy machine dials. */
const DIAL_SLOT_MILLIS: Millis = 250

/** How a room is opened; only `name` is needed. */
export interface RoomOptions {
  /** Whoever gives the same name is in the same room: 1 to 64 visible characters; case and a leading # do not matter. */
  readonly name: string
  /** What we are called, 1 to 64 bytes. Default: what the operating system calls the user, else the short key. */
  readonly nick?: string | undefined
  /** Who we are. Default: the identity kept in `home`, made on first use; a fresh one for an observer. */
  readonly identity?: Identity | undefined
  /** Where identity and device keys are kept. Default: {@link homeDirectory}. Not touched where `identity` is given alone. */
  readonly home?: string | undefined
  /** Which DHTs, as a specification or opened already (the room closes them). Default: public and local together. */
  readonly networks?: NetworkSpec | readonly Network[] | undefined
  /** True: looks and listens without being found, announced or shown. Default false. */
  readonly observer?: boolean | undefined
  /** True: a program, not a person; others are told. Default false. */
  readonly bot?: boolean | undefined
  /** Public keys (32 bytes each) of relays to go through where there is no direct way, beside those that members offer. */
  readonly relays?: readonly Uint8Array[] | undefined
  /** False: do not relay for other members, also where everybody can reach us. Default: relay, unless we only observe. */
  readonly volunteer?: boolean | undefined
  /** Uniform in [0, 1). Default Math.random. */
  readonly random?: (() => number) | undefined
}

/** Everything that a room is made of. All that can be refused is refused before anything is opened. */
export function openParts(options: RoomOptions): RoomParts {
  const { bot = false, observer = false, random = Math.random } = options
  const { name, secret, topic } = roomKeys(options.name)
  const given = options.nick === undefined ? undefined : checkNick(options.nick)
  const identity = identityFor(options)
  const nick = given ?? defaultNick(identity.key)
  const device = openDeviceFor(options, topic)
  const machine = new RoomMachine({
    roomSecret: secret,
    topic,
    identity: identity.keyPair,
    device: idFromBytes(device.keyPair.publicKey),
    nick,
    observer,
    bot,
    random
  })
  const swarm = new Swarm({
    keyPair: device.keyPair,
    networks: networksOf(options),
    autoDial: false,
    // The machine says how many at once, and closes the streams that are too many.
    slotMillis: DIAL_SLOT_MILLIS,
    maxPeers: MAX_STREAMS,
    relayThrough: force => (force ? relaysOf(machine, options) : null),
    random
  })
  const volunteer = options.volunteer ?? !observer
  return { name, topic, identity, device, machine, swarm, observer, volunteer }
}

function relaysOf(machine: RoomMachine, { relays = [] }: RoomOptions): readonly Uint8Array[] {
  return [...relays, ...machine.relays().map(idToBytes)]
}

// Who only looks needs no name that lasts.
function identityFor({ home, identity, observer }: RoomOptions): Identity {
  if (identity !== undefined) return identity
  return observer === true ? freshIdentity() : loadIdentity(home)
}

// An observer leaves no trace, and does not take the kept device key from a member on the same machine.
function openDeviceFor({ home, identity, observer }: RoomOptions, topic: RoomParts['topic']) {
  if (observer === true || (identity !== undefined && home === undefined)) return freshDevice()
  return openDevice(home ?? homeDirectory(), topic)
}

function networksOf({ networks = { mode: 'auto' } }: RoomOptions): readonly Network[] {
  return 'mode' in networks ? openNetworks(networks) : networks
}
