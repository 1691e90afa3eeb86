import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { badText } from '../../src/base/errors.js'
import type { IdentityKey, MessageId, PeerKey } from '../../src/base/ids.js'
import type { RoomUpdate } from '../../src/room/events.js'
import type { Room } from '../../src/room/room.js'
import { checkText } from '../../src/room/text.js'
import { until } from '../support/until.js'

/** A member of a fake room besides ourselves. */
export interface Other {
  readonly identity: IdentityKey
  readonly nick: string
  readonly bot?: boolean
  readonly commands?: readonly string[]
}

/** Somebody whose identity is this digit. */
export const other = (digit: string, nick: string): Other => ({
  identity: digit.repeat(64) as IdentityKey,
  nick
})

/** The id of the line that is said as this one, from 1. */
export const idOf = (count: number) => String(count).padStart(64, '0') as MessageId

/** A room in which we are ada, which notes what it is asked for; ready from the start unless told otherwise. */
export function fakeRoom(ready: Promise<boolean> = Promise.resolve(true)) {
  const said: string[] = []
  const renamed: string[] = []
  const typed: boolean[] = []
  const others: Other[] = []
  const identity = 'a'.repeat(64) as IdentityKey
  const room = Object.assign(new EventEmitter(), {
    name: 'lobby',
    access: 'public',
    topic: 't'.repeat(64),
    identity,
    device: 'd'.repeat(64),
    nick: 'ada',
    ready,
    links: 1,
    written: async () => {},
    peers: () => [],
    requests: () => [],
    judge: () => {},
    members: () => [{ identity, nick: 'ada', bot: false, commands: [] }, ...others],
    rename: (nick: string) => renamed.push(nick),
    setTyping: (writing: boolean) => typed.push(writing),
    leave: async () => void said.push('left'),
    say: (text: string) => {
      checkText(text)
      if (text === 'too long') throw badText('it is too long')
      said.push(text)
      return idOf(said.length)
    },
    reply: (id: string, text: string) => said.push(`reply ${id} ${text}`),
    edit: (id: string, text: string) => said.push(`edit ${id} ${text}`),
    delete: (id: string) => said.push(`delete ${id}`),
    react: (id: string, emoji: string) => said.push(`react ${id} ${emoji}`),
    unreact: (id: string, emoji: string) => said.push(`unreact ${id} ${emoji}`)
  })
  /** Tells of something as a room does. */
  const tell = (update: RoomUpdate) => {
    room.emit(update.type, update)
    room.emit('update', update)
  }
  const join = (who: Other) => {
    others.push(who)
    tell({ type: 'join', identity: who.identity, nick: who.nick })
  }
  /** Somebody says something. */
  const hear = (who: Other, text: string, time = 0, history = false) => {
    const id = Buffer.from(`${who.nick} ${text} ${time}`).toString('hex').padEnd(64, '0')
    const message = { id, from: who.identity, nick: who.nick, text, time, history }
    tell({ type: 'message', message } as unknown as RoomUpdate)
  }
  /** A device was found, and is being reached. */
  const find = (digit: string, state: 'announced' | 'present' = 'announced', who?: Other) =>
    tell({
      type: 'peer',
      device: digit.repeat(64) as PeerKey,
      state,
      ...(who && { identity: who.identity })
    })
  const emit = room.emit.bind(room)
  return {
    room: room as unknown as Room,
    emit,
    tell,
    join,
    hear,
    find,
    others,
    said,
    renamed,
    typed
  }
}

/** Standard streams of a test, and what was written to them. */
export function fakeIo() {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { columns: 80, isTTY: false })
  const errors = new PassThrough()
  const stop = new AbortController()
  const texts = { shown: '', told: '', written: '' }
  const changes = new EventEmitter()
  const collect = (stream: PassThrough, into: 'shown' | 'told') =>
    stream.on('data', chunk => {
      texts[into] += chunk
      texts.written += chunk
      changes.emit('written')
    })
  collect(output, 'shown')
  collect(errors, 'told')
  return {
    io: {
      input,
      output,
      errors,
      obeysEscapes: true,
      interrupted: stop.signal,
      interrupt: () => stop.abort(),
      suspend: () => {},
      onresume: () => () => {}
    },
    interrupt: () => stop.abort(),
    /** What was written to the output. */
    shown: () => texts.shown,
    /** What was written to the errors. */
    told: () => texts.told,
    /** What was written to either. */
    written: () => texts.written,
    /** Resolves when that was written, on either stream. */
    until: (text: string, times = 1) =>
      until([changes], 'written', () => texts.written.split(text).length > times)
  }
}

/** Lets what is said in several turns be said. */
export async function settled(said: readonly string[]): Promise<void> {
  for (let before = -1; before < said.length; ) {
    before = said.length
    await flushed()
  }
}

/** Lets what was written to streams reach whoever reads them. */
export async function flushed(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate)
}
