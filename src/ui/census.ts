import { shortId } from '../base/ids.js'
import { safeNick } from '../base/safe-text.js'
import type { Millis } from '../base/time.js'
import { jsonLine } from '../ndjson/codec.js'
import { type Census, type CensusOptions, takeCensus } from '../room/census.js'
import { accessOf, type RoomAccess } from '../room/keys.js'
import type { RoomOptions } from '../room/open.js'
import { Room } from '../room/room.js'
import type { Counted } from '../room/tally.js'
import { type ChatIo, obeysEscapes } from './chat-io.js'

const CLEAR_LINE = '\r\u001b[K'
/** What a room is called, by who can come in. */
const ROOM_OF = {
  public: 'room',
  password: 'room of this password',
  private: 'private room'
} as const
const STATES = ['verified', 'present', 'gone', 'reachable', 'announced'] as const

/** What a census shows on. */
export interface CensusIo {
  readonly output: ChatIo['output']
  readonly errors: ChatIo['output']
}

/** Looks who is in a room without being seen there, and lists them, as lines or as NDJSON. */
export async function showCensus(
  room: Omit<RoomOptions, 'observer'>,
  options: Omit<CensusOptions, 'onchange'>,
  io: CensusIo,
  json: boolean
): Promise<void> {
  const progress = progressOn(io.errors, room.name)
  const census = await count(room, { ...options, onchange: progress.show })
  progress.clear()
  const lines = () => censusLines(census, Date.now(), accessOf(room)).join('\n')
  io.output.write(json ? censusJson(census) : `${lines()}\n`)
}

async function count(room: RoomOptions, options: CensusOptions): Promise<Census> {
  const opened = await Room.open({ ...room, observer: true })
  try {
    return await takeCensus(opened, options)
  } finally {
    await opened.leave()
  }
}

/** A peer per line, the surest first, and lines that sum up; an empty room is one line. `now`: ms since 1970. */
export function censusLines(census: Census, now: Millis, access: RoomAccess = 'public'): string[] {
  if (census.peers.length === 0) {
    return [`Nobody is in the ${ROOM_OF[access]}.`]
  }
  const peers = STATES.flatMap(state => census.peers.filter(peer => peer.state === state))
  return [...peers.map(peer => peerLine(peer, now)), ...summary(census)]
}

/** The same for programs: exact nicks, null where nothing is known. */
export function censusJson(census: Census): string {
  return [...census.peers.map(peerJson), summaryJson(census)].join('')
}

function peerJson(peer: Counted): string {
  const { device, identity = null, nick = null, state, unreachable } = peer
  const { announcedAt = null, heardAt = null, provenAt = null, reachedAt = null } = peer
  const times = { announcedAt, reachedAt, provenAt, heardAt }
  return jsonLine({ type: 'peer', identity, device, nick, state, ...times, unreachable })
}

function summaryJson({ announced, estimate, members, peers }: Census): string {
  const states = Object.fromEntries(STATES.map(state => [state, countOf(peers, state)]))
  const counts = { count: peers.length, members, states, announced }
  return jsonLine({ type: 'summary', ...counts, estimate: estimate ?? null })
}

function peerLine(peer: Counted, now: Millis): string {
  const { device, identity, nick, state } = peer
  const name = nick === undefined ? '?' : safeNick(nick)
  return `${name}  ${shortId(identity ?? device)}  ${state}${detail(peer, now)}`
}

function detail({ heardAt, provenAt, state, unreachable }: Counted, now: Millis): string {
  const last = Math.max(heardAt ?? 0, provenAt ?? 0)
  const isTold = (state === 'present' || state === 'gone') && last > 0
  const heard = isTold ? `, last heard ${ago(now - last)}` : ''
  return unreachable && state !== 'verified' ? `${heard}, does not answer` : heard
}

function ago(millis: Millis): string {
  const seconds = Math.max(0, Math.round(millis / 1000))
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`
}

// Who is here and who is announced are two things: anybody can announce any number of keys.
function summary({ announced, estimate, members, peers }: Census): string[] {
  const parts = STATES.flatMap(state => {
    const count = countOf(peers, state)
    return count === 0 ? [] : [`${count} ${state}`]
  })
  const isEnough = estimate === undefined || estimate <= announced
  const about = isEnough ? '' : `, about ${estimate}`
  return [
    `${members} ${members === 1 ? 'member' : 'members'} here; ${peers.length} found: ${parts.join(', ')}`,
    `announced: ${announced} seen${about}`
  ]
}

function countOf(peers: readonly Counted[], state: Counted['state']): number {
  return peers.filter(peer => peer.state === state).length
}

// On a terminal only: in a log, half-drawn lines are noise.
function progressOn(errors: CensusIo['errors'], room: string) {
  const isDrawn = errors.isTTY === true && obeysEscapes()
  const draw = (text: string) => isDrawn && errors.write(`${CLEAR_LINE}${text}`)
  draw(`Looking for ${safeNick(room)} ...`)
  return {
    show: (census: Census) => void draw(`Looking ... ${summary(census)[0]}`),
    clear: () => void draw('')
  }
}
