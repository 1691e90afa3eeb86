import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { badText } from '../../src/base/errors.js'
import type { IdentityKey } from '../../src/base/ids.js'
import type { Room } from '../../src/room/room.js'
import { until } from '../support/until.js'

/** A room that notes what it is asked for; ready from the start. */
export function fakeRoom() {
  const said: string[] = []
  const renamed: string[] = []
  const identity = 'a'.repeat(64) as IdentityKey
  const room = Object.assign(new EventEmitter(), {
    name: 'lobby',
    topic: 't'.repeat(64),
    identity,
    device: 'd'.repeat(64),
    nick: 'ada',
    ready: Promise.resolve(true),
    members: () => [{ identity, nick: 'ada' }],
    rename: (nick: string) => renamed.push(nick),
    say: (text: string) => {
      if (text === 'too long') throw badText('it is too long')
      said.push(text)
    }
  })
  return { room: room as unknown as Room, emit: room.emit.bind(room), said, renamed }
}

/** Standard streams of a test, and what was written to them. */
export function fakeIo() {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { columns: 80 })
  const errors = new PassThrough()
  const stop = new AbortController()
  let written = ''
  for (const stream of [output, errors])
    stream.on('data', chunk => {
      written += chunk
    })
  const changes = new EventEmitter()
  output.on('data', () => changes.emit('written'))
  errors.on('data', () => changes.emit('written'))
  return {
    io: {
      input,
      output,
      errors,
      interrupted: stop.signal,
      interrupt: () => stop.abort(),
      suspend: () => {},
      onresume: () => () => {}
    },
    interrupt: () => stop.abort(),
    written: () => written,
    /** Resolves when that was written, on either stream. */
    until: (text: string) => until([changes], 'written', () => written.includes(text))
  }
}
