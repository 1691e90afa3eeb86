import { messageOf, SwarmchatError } from '../base/errors.js'
import { asSentence } from '../base/sentence.js'
import type { Millis } from '../base/time.js'
import { takeCensus } from '../room/census/census.js'
import { accessOf, type RoomAccess, type RoomAddress } from '../room/keys.js'
import type { PeerReport } from '../room/reach/report.js'
import { Room } from '../room/room.js'
import type { Network } from '../swarm/networks/network.js'
import type { Finding } from './finding.js'

/** How a room is looked into. */
export interface RoomExamOptions {
  readonly timeout: Millis
  readonly interrupted?: AbortSignal | undefined
  /** Public keys of relays to reach members through, where there is no direct way. */
  readonly relays?: readonly Uint8Array[] | undefined
}

/** What was found in a room. */
export interface RoomExam {
  readonly finding: Finding
  readonly peers: readonly PeerReport[]
  /** How far each member's clock is ahead of ours. */
  readonly clocks: readonly Millis[]
}

/** Looks into a room without being seen there; the networks stay open. Throws BAD_ROOM_NAME, BAD_PASSWORD, BAD_SECRET. */
export async function examineRoom(
  address: RoomAddress,
  networks: readonly Network[],
  { interrupted, relays, timeout }: RoomExamOptions
): Promise<RoomExam> {
  const room = await Room.open({ ...address, networks, relays, observer: true })
  let clocksAhead = false
  room.on('clock-ahead', () => {
    clocksAhead = true
  })
  try {
    const options = interrupted === undefined ? { timeout } : { timeout, interrupted }
    await takeCensus(room, options)
    const peers = room.peers()
    return {
      finding: found(peers, clocksAhead, accessOf(address)),
      peers,
      clocks: room.clocks()
    }
  } catch (thrown) {
    return { finding: failed(thrown), peers: [], clocks: [] }
  } finally {
    await room.leave()
  }
}

/** What all who meet in a room have, by who can come in. */
const SHARED = { public: 'name', password: 'name and the password', private: 'invitation' } as const

function found(peers: readonly PeerReport[], clocksAhead: boolean, access: RoomAccess): Finding {
  const announced = peers.filter(({ networks }) => networks.length > 0).length
  const dialled = peers.filter(peer => peer.dialled).length
  const verified = peers.filter(peer => peer.verified).length
  const facts = { announced, dialled, verified, clocksAhead }
  const text = `${announced} announced, ${dialled} dialled, ${verified} verified as members.`
  if (peers.length === 0) {
    const same = SHARED[access]
    const hint = `Is somebody there? The ${same} must be the same, and so must the network (--network, --bootstrap).`
    return { check: 'room', state: 'warning', text: 'Nobody was found in the room.', hint, facts }
  }
  if (verified > 0) return { check: 'room', state: 'ok', text, hint: '', facts }
  const hint = 'Each peer below says why.'
  return { check: 'room', state: 'failed', text: `Nobody could be reached: ${text}`, hint, facts }
}

function failed(thrown: unknown): Finding {
  const hint = thrown instanceof SwarmchatError ? thrown.hint : ''
  return { check: 'room', state: 'failed', text: asSentence(messageOf(thrown)), hint }
}
