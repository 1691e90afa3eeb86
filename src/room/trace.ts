import type { TraceEvent, TraceFields } from '../base/trace.js'
import type { Input, Output, RoomEvent } from '../protocol/events.js'
import type { Frame } from '../protocol/wire/frames.js'
import type { RoomUpdate } from './events.js'

// What a trace says of a room's steps: keys, ids, types and sizes, never what somebody said or is called.

/** What happened to the machine. */
export function inputTrace(input: Input): TraceEvent {
  switch (input.type) {
    case 'frame':
      return step('frame-received', { peer: input.from, ...frameFields(input.frame) })
    case 'bad-frame':
      return step('bad-frame', { peer: input.from, detail: input.detail })
    case 'connected':
      return step('connected', { peer: input.peer, initiator: input.initiator })
    case 'timer':
      return step('timer', { timer: input.timer.name })
    case 'candidates':
      return step('candidates', { peers: input.peers.length })
    case 'restore':
      return step('restore', { messages: input.messages.length + (input.shelved?.length ?? 0) })
    case 'merge':
      return step('merge', { messages: input.messages.length })
    case 'lost':
      return step('lost', { messages: input.ids.length })
    case 'disconnected':
    case 'dial-failed':
      return step(input.type, { peer: input.peer })
    default:
      return step(input.type)
  }
}

/** What the machine wants done. */
export function outputTrace(output: Output): TraceEvent {
  switch (output.type) {
    case 'send':
      return step('frame-sent', { peer: output.to, ...frameFields(output.frame) })
    case 'dial':
      return step('dial', { peer: output.peer })
    case 'close':
      return step('close', { peer: output.peer, reason: output.reason })
    case 'timer':
      return step('timer-set', { timer: output.timer.name, millis: output.after })
    case 'store':
      return step('store', { id: output.message.id, kind: output.message.kind })
    case 'forget':
      return step('forget', { id: output.message.id })
    case 'emit':
      return step('event', { type: output.event.type, ...updateFields(output.event) })
    default:
      return step(output.type)
  }
}

/** What the room tells its owner. */
export function updateTrace(update: RoomUpdate): TraceEvent {
  return { area: 'room', name: update.type, fields: updateFields(update) }
}

function step(name: string, fields: TraceFields = {}): TraceEvent {
  return { area: 'protocol', name, fields }
}

function frameFields(frame: Frame): TraceFields {
  const { type } = frame
  if ('sealed' in frame) return { type, bytes: frame.sealed.byteLength }
  if ('payload' in frame) return { type, bytes: frame.payload.byteLength }
  if ('ids' in frame) return { type, ids: frame.ids.length }
  return 'entries' in frame ? { type, ids: frame.entries.length } : { type }
}

// One by one: a field that holds a text must not get in by itself.
function updateFields(update: RoomUpdate | RoomEvent): TraceFields {
  switch (update.type) {
    case 'message':
    case 'direct':
      return { id: update.message.id, from: update.message.from, history: update.message.history }
    case 'edit':
    case 'delete':
    case 'reaction':
      return { id: update.id, by: update.by, from: update.from, history: update.history }
    case 'subject':
    case 'card':
      return { id: update.id, from: update.from, history: update.history }
    case 'redated':
      return { id: update.message.id, previous: update.previous }
    case 'typing':
    case 'join':
    case 'leave':
    case 'rename':
      return { identity: update.identity }
    case 'peer':
      return { device: update.device, state: update.state, identity: update.identity }
    case 'receipt':
      return { id: update.id, have: update.have, members: update.members }
    case 'catching-up':
      return { have: update.have, total: update.total }
    case 'unsent':
      return { why: update.why }
    case 'clock-ahead':
      return { identity: update.identity, millis: update.ahead }
    case 'clock-back':
      return { millis: update.by, redated: update.redated }
    case 'clock-off':
      return { millis: update.behind }
    case 'refused':
      return { peer: update.peer, reason: update.reason }
    case 'unreachable':
      return { device: update.device }
    case 'status':
      return { network: update.network, state: update.state }
    case 'fault':
      return { count: update.count }
    case 'device-changed':
      return { device: update.device, why: update.why }
    default:
      return {}
  }
}
