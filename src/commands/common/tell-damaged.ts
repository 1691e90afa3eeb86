import { standardStreams } from '../../cli/streams.js'

/** Says on standard error how many messages could not be read, if any: they were altered on the disk. */
export function tellDamaged(count: number): void {
  if (count === 0) return
  const what = count === 1 ? '1 message' : `${count} messages`
  standardStreams.tell({
    message: `${what} could not be read: the disk has other bytes than were written.`,
    hint: 'Members who have what is missing give it again: swarmchat join <room>'
  })
}
