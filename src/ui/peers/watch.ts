import { safeNick } from '../../base/safe-text.js'
import type { Millis } from '../../base/time.js'
import { type Census, watchRoom } from '../../room/census/census.js'
import type { Counted } from '../../room/census/tally.js'
import { accessOf } from '../../room/keys.js'
import type { RoomOptions } from '../../room/open.js'
import { Room } from '../../room/room.js'
import type { ChatIo } from '../chat-io.js'
import { widthOf } from '../width.js'
import { peerJson, summaryJson } from './census-json.js'
import { censusLines, emptyLine, summary } from './census-lines.js'
import { LiveScreen } from './live-screen.js'
import { bySureness, nameOf, standingOf } from './peer-lines.js'

/** A room is not called empty before it was looked at for so long. Guess: three lookups. */
const EMPTY_MILLIS: Millis = 5_000
/** What is written to a pipe comes this often at most. Guess: for whoever reads along. */
const BLOCK_MILLIS: Millis = 1_000
/** Names are aligned up to so many columns. Guess. */
const MAX_NAME_COLUMNS = 40

/** Shows what is found. */
interface CensusView {
  show(census: Census, now: Millis): void
  end(): void
}

/** Looks who is in a room without being seen there, until it is interrupted: as a live table, or as what changes. */
export async function watchCensus(
  options: Omit<RoomOptions, 'observer'>,
  io: ChatIo,
  json: boolean
): Promise<void> {
  const room = await Room.open({ ...options, observer: true })
  const view = viewOf(options, io, json, () => problemsOf(room))
  const { interrupted } = io
  try {
    await watchRoom(room, { interrupted, onchange: census => view.show(census, Date.now()) })
  } finally {
    view.end()
    await room.leave()
  }
}

function viewOf(
  options: Omit<RoomOptions, 'observer'>,
  io: ChatIo,
  json: boolean,
  problems: () => readonly string[]
): CensusView {
  const head = { title: safeNick(options.name), empty: emptyLine(accessOf(options)), problems }
  if (json) return new JsonView(text => io.output.write(text))
  const isScreen = io.output.isTTY === true && io.obeysEscapes
  return isScreen ? new TableView(head, new LiveScreen(io)) : new BlockView(head, io)
}

function problemsOf(room: Room): string[] {
  return room.online ? [] : room.problems.map(({ message }) => message)
}

/** What stands above a room's members. */
interface Head {
  readonly title: string
  /** What is said if there is nobody. */
  readonly empty: string
  /** Why no network can be used; nothing if one can. */
  readonly problems: () => readonly string[]
}

/** A table on the whole screen. */
export class TableView implements CensusView {
  readonly #head: Head
  readonly #screen: Pick<LiveScreen, 'height' | 'show' | 'close'>
  readonly #since = performance.now()

  constructor(head: Head, screen: Pick<LiveScreen, 'height' | 'show' | 'close'>) {
    this.#head = head
    this.#screen = screen
    screen.show([`Looking for ${head.title} ...`])
  }

  show(census: Census, now: Millis): void {
    const { empty, problems, title } = this.#head
    const isEarly = performance.now() - this.#since < EMPTY_MILLIS
    const none = isEarly ? `Looking for ${title} ...` : `${title}: ${empty}`
    const counts = census.peers.length === 0 ? [none] : summary(census)
    const [first = '', ...more] = counts
    const top = census.peers.length === 0 ? [first] : [`${title}: ${first}`, ...more, '']
    const above = [...problems(), ...top]
    const room = Math.max(1, this.#screen.height - above.length)
    this.#screen.show([...above, ...tableRows(bySureness(census.peers), room, now)])
  }

  end(): void {
    this.#screen.close()
  }
}

/** A row for each peer, aligned; of more than there is room for a row tells how many. */
export function tableRows(peers: readonly Counted[], room: number, now: Millis): string[] {
  const shown = peers.length <= room ? peers : peers.slice(0, room - 1)
  const names = shown.map(nameOf)
  const columns = Math.min(MAX_NAME_COLUMNS, Math.max(0, ...names.map(widthOf)))
  const rows = shown.map((peer, n) => {
    const name = names[n] ?? ''
    return `${name}${' '.repeat(Math.max(0, columns - widthOf(name)))}  ${standingOf(peer, now)}`
  })
  const left = peers.length - shown.length
  return left === 0 ? rows : [...rows, `... and ${left} more`]
}

/** A block of lines for each change, a second apart at least; it begins with the time. */
export class BlockView implements CensusView {
  readonly #head: Head
  readonly #io: Pick<ChatIo, 'output'>
  readonly #since = performance.now()
  #last = ''
  #writtenAt: Millis = Number.NEGATIVE_INFINITY

  constructor(head: Head, io: Pick<ChatIo, 'output'>) {
    this.#head = head
    this.#io = io
  }

  show(census: Census, now: Millis): void {
    const news = [...this.#head.problems(), ...census.peers.map(tellingOf)].join('\n')
    const isEarly = census.peers.length === 0 && performance.now() - this.#since < EMPTY_MILLIS
    if (isEarly || (news === this.#last && this.#writtenAt > 0)) return
    if (now - this.#writtenAt < BLOCK_MILLIS) return
    this.#last = news
    this.#writtenAt = now
    const lines = census.peers.length === 0 ? [this.#head.empty] : censusLines(census, now)
    const block = [new Date(now).toISOString(), ...this.#head.problems(), ...lines, '']
    this.#io.output.write(block.map(line => `${line}\n`).join(''))
  }

  end(): void {}
}

/** A line for each device that is new, or of which something else is known, and then one that sums up. */
export class JsonView implements CensusView {
  readonly #write: (text: string) => void
  // BOUNDED: by the census.
  #told = new Map<string, string>()

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  show(census: Census, _now: Millis): void {
    const changed = census.peers.filter(peer => this.#told.get(peer.device) !== tellingOf(peer))
    if (changed.length === 0 && !this.#hasLost(census)) return
    this.#told = new Map(census.peers.map(peer => [peer.device, tellingOf(peer)]))
    this.#write([...changed.map(peerJson), summaryJson(census)].join(''))
  }

  end(): void {}

  #hasLost({ peers }: Census): boolean {
    const found = new Set<string>(peers.map(({ device }) => device))
    return [...this.#told.keys()].some(device => !found.has(device))
  }
}

// Times are no news.
function tellingOf({ device, identity, nick, state, unreachable }: Counted): string {
  return JSON.stringify([device, identity, nick, state, unreachable])
}
