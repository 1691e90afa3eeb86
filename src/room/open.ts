import { randomBytes } from 'node:crypto'
import { atMost } from '../async/at-most.js'
import { idFromBytes, idToBytes, type PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { type Device, freshDevice, openDevice } from '../home/device-key.js'
import { homeDirectory } from '../home/directory.js'
import { freshIdentity, type Identity, loadIdentity } from '../home/identity.js'
import { checkNick, defaultNick } from '../home/nick.js'
import { readRoomNick, writeRoomNick } from '../home/room-nick.js'
import { INSTANCE_BYTES } from '../protocol/config.js'
import type { Recall } from '../protocol/history/shelf.js'
import { MAX_STREAMS } from '../protocol/links/tuning.js'
import { RoomMachine } from '../protocol/machine/room-machine.js'
import { NONCE_BYTES } from '../protocol/wire/message.js'
import { traceTo } from '../swarm/debug.js'
import { networksFromEnvironment } from '../swarm/networks/environment.js'
import type { Network } from '../swarm/networks/network.js'
import { Swarm } from '../swarm/swarm.js'
import { Admitting, admittingOn } from './admission/admitting.js'
import { systemClock } from './clock.js'
import { Meeting } from './device/meeting.js'
import { MAX_WRITE_BYTES } from './driver/link.js'
import type { RoomHistory } from './kept/history.js'
import { openHistory } from './kept/open-history.js'
import { RememberedMembers, rememberedFile } from './kept/remembered-members.js'
import { openRoomKeys, type RoomKeys } from './keys.js'
import { leaseOf, type NetworkLease } from './network-lease.js'
import type { EndpointParts, RoomParts } from './parts.js'
import type { OnReady } from './ready-room.js'
import { RoomRecords } from './records/room-records.js'
import { checkRoomOptions, type RoomOptions } from './room-options.js'

export type { RoomOptions } from './room-options.js'

/** A dial of a dead peer holds a slot of the swarm for so long. Guess: with 8 slots 32 dead ones a second, which is as fast as a busy machine dials. */
const DIAL_SLOT_MILLIS: Millis = 250

/** Much that is kept is read when others have been looked up, or so late. Guess: most look-ups on this machine, or in a LAN. */
const MEETING_MILLIS: Millis = 100

/**
 * Everything that a room is made of. All that can be refused is refused before a network is opened; what was opened is given
 * back before this rejects. `takeNetworks`: default: those of the options. `onready` hears when others can find us, which may
 * be before this resolves. Rejects with BAD_OPTION, BAD_NETWORK beside what `Room.open` says.
 */
export async function openParts(
  options: RoomOptions,
  takeNetworks: () => NetworkLease = () => leaseOf(options.networks ?? networksFromEnvironment()),
  onready: OnReady = () => {}
): Promise<RoomParts> {
  checkRoomOptions(options)
  const keys = await openRoomKeys(options)
  const [given, fallback] = [options.nick, options.fallbackNick].map(checkedIfGiven)
  const identity = identityFor(options)
  const nick = given ?? nickKept(options, keys, identity) ?? fallback ?? defaultNick(identity.key)
  const device = openDeviceFor(options, keys.topic)
  let lease: NetworkLease | undefined
  let history: RoomHistory | undefined
  let swarm: Swarm | undefined
  const recall: Recall = place => history?.store.recall(place)
  const onlost = () => history?.unreadable()
  const making = { options, keys, identity, recall, onlost }
  try {
    const machine = machineOf(making, device, nick)
    lease = takeNetworks()
    const { networks } = lease
    const admitting = admittingFor(making, networks)
    if (admitting !== undefined) lease = admittingOn(lease, admitting)
    const { observer = false, volunteer = !observer } = options
    const { access, name, topic } = keys
    const remembered = rememberedIn(options, keys, identity)
    const endpoint = endpointOf(making, device, machine, networks)
    swarm = endpoint.swarm
    const meeting = new Meeting({ swarm, topic, observer, remembered })
    // Others are looked for, and find us, while the history is read.
    const announced = meeting.begin().flushed()
    const ready = { access, name, topic, identity: identity.key, device: keyOf(device) }
    // What fails here is told by the `ready` of the room.
    const nothing = () => {}
    void announced.then(isReady => isReady && onready(ready), nothing)
    const beforeMuch = () => atMost(MEETING_MILLIS, announced.then(nothing, nothing))
    history = await openHistory(messagesHome(options), keys, identity, beforeMuch)
    const renew = (former: EndpointParts) => {
      const fresh = renewed(former.device)
      const now = { ...making, options: { ...options, ...saidBy(former.machine, nick, given) } }
      return endpointOf(making, fresh, machineOf(now, fresh, former.machine.nick), networks)
    }
    const onTrace = traceTo(options.onTrace)
    const records = new RoomRecords({ roomSecret: keys.secret, topic }, identity)
    const isRecorded = !observer && options.quiet !== true
    const keepNick = nickKeeper(options, keys, identity)
    if (given !== undefined || nick === fallback) keepNick(nick)
    const kept = { history, remembered }
    const room = { name, topic, access, identity, observer, volunteer, ...kept, lease, renew }
    return {
      ...room,
      admitting,
      records,
      isRecorded,
      keepNick,
      onTrace,
      ...endpoint,
      meeting
    }
  } catch (thrown) {
    device.release()
    await swarm?.destroy()
    await Promise.all([history?.close(), lease?.release()])
    throw thrown
  }
}

/** What every device of ours in a room shares. */
interface Making {
  readonly options: RoomOptions
  readonly keys: RoomKeys
  readonly identity: Identity
  readonly recall: Recall
  readonly onlost: () => void
}

function machineOf(
  { identity, keys, onlost, options, recall }: Making,
  device: Device,
  nick: string
): RoomMachine {
  const { bot = false, commands = [], keep, observer = false, quiet = false } = options
  const { random = Math.random } = options
  return new RoomMachine({
    roomSecret: keys.secret,
    topic: keys.topic,
    identity: identity.keyPair,
    device: keyOf(device),
    nick,
    nickIsDefault: options.nick === undefined,
    observer,
    bot,
    commands,
    keep,
    recall,
    onlost,
    keeps: keys.access !== 'public' && historyHome(options) !== undefined,
    instance: randomBytes(INSTANCE_BYTES),
    nonce: () => randomBytes(NONCE_BYTES),
    quiet,
    random
  })
}

function keyOf({ keyPair }: Device): PeerKey {
  return idFromBytes(keyPair.publicKey)
}

function endpointOf(
  { options }: Making,
  device: Device,
  machine: RoomMachine,
  networks: readonly Network[]
): EndpointParts {
  const swarm = new Swarm({
    keyPair: device.keyPair,
    networks,
    keepNetworks: true,
    autoDial: false,
    maxMessageBytes: MAX_WRITE_BYTES,
    // The machine says how many at once, and closes the streams that are too many.
    slotMillis: DIAL_SLOT_MILLIS,
    maxPeers: MAX_STREAMS,
    relayThrough: force => (force ? relaysOf(machine, options) : null),
    onTrace: options.onTrace,
    random: options.random ?? Math.random
  })
  return { device, machine, swarm }
}

/** What we say of ourselves: a nick that was chosen, if one was, and the commands that we obey now. */
function saidBy(machine: RoomMachine, before: string, given: string | undefined) {
  const [self] = machine.members()
  return {
    nick: machine.nick === before ? given : machine.nick,
    commands: self?.commands ?? []
  }
}

function relaysOf(machine: RoomMachine, { relays = [] }: RoomOptions): readonly Uint8Array[] {
  return [...relays, ...machine.relays().map(idToBytes)]
}

// Whoever only looks, or says one thing and goes, lets nobody in; into a public room everybody comes anyway.
function admittingFor(
  { identity, keys, options }: Making,
  networks: readonly Network[]
): Admitting | undefined {
  if (options.observer === true || options.quiet === true || keys.access === 'public')
    return undefined
  return new Admitting({ home: historyHome(options), keys, identity, networks })
}

// A disk that is full meanwhile must not keep us out of the room.
function renewed(device: Device): Device {
  try {
    return device.renew()
  } catch {
    return { ...freshDevice(), release: () => device.release() }
  }
}

function checkedIfGiven(nick: string | undefined): string | undefined {
  return nick === undefined ? undefined : checkNick(nick)
}

// Who only looks needs no name that lasts.
function identityFor({ home, identity, observer }: RoomOptions): Identity {
  if (identity !== undefined) return identity
  return observer === true ? freshIdentity() : loadIdentity(home)
}

/** What we were called there last, on this machine: another program of ours may be in the room, and is called so now. */
function nickKept({ home, identity: given, observer }: RoomOptions, keys: RoomKeys, who: Identity) {
  if (observer === true || (given !== undefined && home === undefined)) return undefined
  const { topic } = keys
  return readRoomNick({ home: home ?? homeDirectory(), topic, identity: who.key })
}

function nickKeeper(options: RoomOptions, { topic }: RoomKeys, { key: identity }: Identity) {
  const home = historyHome(options)
  return (nick: string) => home !== undefined && writeRoomNick({ home, topic, identity }, nick)
}

// An observer leaves no trace, and does not take the kept device key from a member on the same machine.
function openDeviceFor({ home, identity, observer }: RoomOptions, topic: RoomParts['topic']) {
  if (observer === true || (identity !== undefined && home === undefined)) return freshDevice()
  return openDevice(home ?? homeDirectory(), topic)
}

function rememberedIn(options: RoomOptions, keys: RoomKeys, identity: Identity) {
  const home = historyHome(options)
  if (home === undefined) return undefined
  return new RememberedMembers(rememberedFile(home, keys, identity), systemClock.wall)
}

// Who only looks, or says one thing and goes, has nothing to come back to.
function historyHome(options: RoomOptions) {
  return options.quiet === true ? undefined : messagesHome(options)
}

// What was said is kept by whoever said it, though nobody else was there.
function messagesHome({ ephemeral, home, identity, observer }: RoomOptions) {
  const isHomeless = identity !== undefined && home === undefined
  if (ephemeral === true || observer === true || isHomeless) return undefined
  return home ?? homeDirectory()
}
