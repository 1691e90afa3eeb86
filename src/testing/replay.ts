import { millisOf } from '../bot/duration.js'
import type { TestRoom } from './test-room.js'

/** One line of a recording, as far as it is read. */
interface Recorded {
  readonly type: string
  readonly identity?: string
  readonly from?: string
  readonly nick?: string
  readonly text?: string
  readonly time?: number
}

/** Plays a recording into a test room; see `TestRoom.replay`. */
export async function replayInto(room: TestRoom, ndjson: string): Promise<void> {
  const player = new Player(room)
  for (const line of ndjson.split('\n')) if (line.trim() !== '') await player.play(JSON.parse(line))
}

class Player {
  readonly #room: TestRoom
  /** Who goes by which nick in the test room. */
  readonly #nicks = new Map<string, string>()
  #recorder: string | undefined
  #time: number | undefined

  constructor(room: TestRoom) {
    this.#room = room
  }

  async play(line: Recorded): Promise<void> {
    const { identity = line.from, nick = '', text, type } = line
    if (type === 'ready') this.#recorder = identity
    if (identity === undefined || identity === this.#recorder) return
    if (type === 'message' && text !== undefined) await this.#say(identity, nick, text, line.time)
    else if (type === 'join') await this.#enter(identity, nick)
    else if (type === 'leave') await this.#leave(identity)
    else if (type === 'rename') await this.#rename(identity, nick)
  }

  async #say(identity: string, nick: string, text: string, time?: number): Promise<void> {
    const name = await this.#enter(identity, nick)
    const pause = (time ?? 0) - (this.#time ?? time ?? 0)
    if (pause > 0) await this.#room.advance(millisOf(pause))
    this.#time = time
    await this.#room.say(name, text)
  }

  async #enter(identity: string, nick: string): Promise<string> {
    const known = this.#nicks.get(identity)
    if (known !== undefined) return known
    const name = this.#room.has(nick) ? `${nick}-${identity.slice(0, 8)}` : nick
    this.#nicks.set(identity, name)
    if (!this.#room.has(name)) await this.#room.join(name)
    return name
  }

  async #leave(identity: string): Promise<void> {
    const name = this.#nicks.get(identity)
    if (name === undefined) return
    this.#nicks.delete(identity)
    await this.#room.leave(name)
  }

  async #rename(identity: string, nick: string): Promise<void> {
    const name = await this.#enter(identity, nick)
    await this.#room.rename(name, nick)
  }
}
