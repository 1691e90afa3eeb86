import type { Millis } from '../base/time.js'

/** What a recording is played on. `TestRoom` is one. */
export interface Stage {
  has(nick: string): boolean
  join(nick: string): Promise<void>
  leave(nick: string): Promise<void>
  rename(nick: string, to: string): Promise<void>
  say(nick: string, text: string): Promise<unknown>
  advance(millis: Millis): Promise<void>
}

/** One line of a recording, as far as it is read. */
interface Recorded {
  readonly type: string
  readonly identity?: string
  readonly from?: string
  readonly nick?: string
  readonly text?: string
  readonly time?: number
}

/** Plays a recording on a stage; see `TestRoom.replay`. */
export async function replayOn(stage: Stage, ndjson: string): Promise<void> {
  const player = new Player(stage)
  for (const line of ndjson.split('\n')) if (line.trim() !== '') await player.play(JSON.parse(line))
}

class Player {
  readonly #stage: Stage
  /** Who goes by which nick on the stage. */
  readonly #nicks = new Map<string, string>()
  #recorder: string | undefined
  #time: number | undefined

  constructor(stage: Stage) {
    this.#stage = stage
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
    if (pause > 0) await this.#stage.advance(pause)
    this.#time = time
    await this.#stage.say(name, text)
  }

  async #enter(identity: string, nick: string): Promise<string> {
    const known = this.#nicks.get(identity)
    if (known !== undefined) return known
    const name = this.#stage.has(nick) ? `${nick}-${identity.slice(0, 8)}` : nick
    this.#nicks.set(identity, name)
    if (!this.#stage.has(name)) await this.#stage.join(name)
    return name
  }

  async #leave(identity: string): Promise<void> {
    const name = this.#nicks.get(identity)
    if (name === undefined) return
    this.#nicks.delete(identity)
    await this.#stage.leave(name)
  }

  async #rename(identity: string, nick: string): Promise<void> {
    const name = await this.#enter(identity, nick)
    await this.#stage.rename(name, nick)
  }
}
