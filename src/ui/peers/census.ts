import { safeNick } from '../../base/safe-text.js'
import { type Census, type CensusOptions, takeCensus } from '../../room/census/census.js'
import { accessOf } from '../../room/keys.js'
import type { RoomOptions } from '../../room/open.js'
import { Room } from '../../room/room.js'
import { type ChatIo, obeysEscapes } from '../chat-io.js'
import { censusJson } from './census-json.js'
import { censusLines, summary } from './census-lines.js'

const CLEAR_LINE = '\r\u001b[K'

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
