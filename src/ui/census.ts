import { shortId } from '../base/ids.js'
import { safeNick } from '../base/safe-text.js'
import { jsonLine } from '../ndjson/codec.js'
import { type CensusOptions, type Counted, takeCensus } from '../room/census.js'
import type { RoomOptions } from '../room/open.js'
import { Room } from '../room/room.js'
import { type ChatIo, obeysEscapes } from './chat-io.js'

const CLEAR_LINE = '\r\u001b[K'
const STATES = ['verified', 'reachable', 'announced'] as const

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
  const found = await count(room, { ...options, onchange: progress.show })
  progress.clear()
  const lines = () => censusLines(found, room.password !== undefined).join('\n')
  io.output.write(json ? censusJson(found) : `${lines()}\n`)
}

async function count(room: RoomOptions, options: CensusOptions): Promise<Counted[]> {
  const opened = await Room.open({ ...room, observer: true })
  try {
    return await takeCensus(opened, options)
  } finally {
    await opened.leave()
  }
}

/** A peer per line, the surest first, and a line that sums up; an empty room is one line. */
export function censusLines(found: readonly Counted[], hasPassword = false): string[] {
  if (found.length === 0) {
    return [`Nobody is in the room${hasPassword ? ' of this password' : ''}.`]
  }
  const lines = STATES.flatMap(state => found.filter(peer => peer.state === state)).map(peerLine)
  return [...lines, summary(found)]
}

/** The same for programs: exact nicks, null where nothing is known. */
export function censusJson(found: readonly Counted[]): string {
  const peers = found.map(({ device, identity = null, nick = null, state }) =>
    jsonLine({ type: 'peer', identity, device, nick, state })
  )
  return [...peers, jsonLine({ type: 'summary', count: found.length })].join('')
}

function peerLine({ device, identity, nick, state }: Counted): string {
  const name = nick === undefined ? '?' : safeNick(nick)
  return `${name}  ${shortId(identity ?? device)}  ${state}`
}

function summary(found: readonly Counted[]): string {
  const counts = STATES.map(state => [found.filter(peer => peer.state === state).length, state])
  const parts = counts.filter(([count]) => count !== 0).map(([count, state]) => `${count} ${state}`)
  return `${found.length} found: ${parts.join(', ')}`
}

// On a terminal only: in a log, half-drawn lines are noise.
function progressOn(errors: CensusIo['errors'], room: string) {
  const isDrawn = errors.isTTY === true && obeysEscapes()
  const draw = (text: string) => isDrawn && errors.write(`${CLEAR_LINE}${text}`)
  draw(`Looking for ${safeNick(room)} ...`)
  return {
    show: (found: readonly Counted[]) => void draw(`Looking ... ${summary(found)}`),
    clear: () => void draw('')
  }
}
