import { standardStreams } from '../../cli/streams.js'
import { homeDirectory } from '../../home/directory.js'
import { keptSecrets } from '../../home/room-secrets.js'

/** Says on standard error what does not become of the secrets of private rooms, if any are kept here. */
export function tellOfRoomSecrets(what: string, hint: string): void {
  const { length: count } = keptSecrets(homeDirectory())
  if (count === 0) return
  const rooms = count === 1 ? 'the private room' : `the ${count} private rooms`
  standardStreams.tell({ message: `What lets into ${rooms} that you keep ${what}.`, hint })
}
