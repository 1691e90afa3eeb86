import { countersOf, type Metric } from '../base/metrics.js'
import type { Snapshot } from '../protocol/machine/room-machine.js'
import type { RoomCounters } from './counters.js'
import type { DriverLoad } from './driver/driver.js'

/** What a room's figures are made from. */
export interface RoomFigures {
  readonly snapshot: Snapshot
  readonly load: DriverLoad
  readonly counters: RoomCounters
  readonly faults: number
}

/** A room in figures, without those of its swarm. */
export function roomMetrics(figures: RoomFigures): Metric[] {
  return [...gauges(figures), ...counters(figures)]
}

function gauges({ load, snapshot }: RoomFigures): Metric[] {
  const of = (name: string, help: string, value: number): Metric => ({
    name: `swarmchat_room_${name}`,
    type: 'gauge',
    help,
    value
  })
  return [
    of('members', 'Members present, this one included unless it only observes.', snapshot.members),
    of('links', 'Links that are up: both sides proved the room.', snapshot.links),
    of('streams', 'Streams, those included that have not proved the room yet.', snapshot.streams),
    of('messages', 'Messages kept in memory.', snapshot.messages),
    of('timers', 'Timers that wait.', load.timers)
  ]
}

function counters({ counters: done, faults }: RoomFigures): Metric[] {
  const of = (name: string, help: string, value: number): Metric => ({
    name: `swarmchat_room_${name}_total`,
    type: 'counter',
    help,
    value
  })
  const each = (name: string, help: string, label: string, counts: ReadonlyMap<string, number>) =>
    countersOf({ name: `swarmchat_room_${name}_total`, help }, label, counts)
  return [
    ...each('frames_received', 'Frames that came, by type.', 'type', done.framesReceived),
    ...each('frames_sent', 'Frames handed to links, by type.', 'type', done.framesSent),
    of('bad_frames', 'Bytes that came and are no frame.', done.badFrames),
    of('received_bytes', 'Bytes of all frames that came.', done.bytesReceived),
    of('sent_bytes', 'Bytes of all frames that were written to streams.', done.bytesSent),
    of('stored_messages', 'Messages that were new here, own ones included.', done.messagesStored),
    ...each('closed_links', 'Links that this side closed, by reason.', 'reason', done.linksClosed),
    of('faults', 'Mistakes of swarmchat that the room survived.', faults)
  ]
}
