import type { Endpoint } from '../device/endpoint.js'
import type { RoomParts } from '../parts.js'
import type { HistoryOwner } from './history.js'

/** A room, as its history sees it. `endpoint`: the device that it is in the room with now. */
export function historyOwner(
  { remembered }: Pick<RoomParts, 'remembered'>,
  endpoint: () => Endpoint,
  tell: HistoryOwner['tell']
): HistoryOwner {
  const machine = () => endpoint().parts.machine
  return {
    tell,
    restore: shelved => void endpoint().feed({ type: 'restore', messages: [], shelved }),
    lose: ids => void endpoint().feed({ type: 'lost', ids }),
    kept: () => machine().kept(),
    merge: messages => {
      const known = messages.filter(({ id }) => machine().has(id)).length
      const outputs = endpoint().feed({ type: 'merge', messages })
      const imported = outputs.filter(({ type }) => type === 'store' || type === 'store-bare')
      const refused = messages.length - known - imported.length
      return { imported: imported.length, known, refused }
    },
    forget: (stays = new Set()) => {
      const count = machine().snapshot().messages
      endpoint().feed({ type: 'forget-all', stays })
      remembered?.forget()
      return count - machine().snapshot().messages
    }
  }
}
