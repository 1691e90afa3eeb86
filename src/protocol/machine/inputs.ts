import type { Input, Inviting, Saying, Typing } from '../events.js'
import { commandNames } from '../wire/bodies/presence.js'
import { nickFrom, type RoomParts } from './room-parts.js'
import { fire } from './timers.js'

type InputOf<T extends Input['type']> = Extract<Input, { readonly type: T }>
type OfPeers = InputOf<
  'candidates' | 'connected' | 'disconnected' | 'dial-failed' | 'frame' | 'bad-frame' | 'timer'
>
type Told = Saying | Inviting | Typing | InputOf<'rename' | 'offer-relay' | 'offer-commands'>

/** What peers do goes to whom it concerns; so does what others are to hear of us. */
export function hearOrTell(parts: RoomParts, input: OfPeers | Told): void {
  switch (input.type) {
    case 'candidates':
      parts.peers.candidates(input.peers)
      break
    case 'connected':
      parts.peers.connected(input)
      break
    case 'disconnected':
      parts.links.disconnected(input.peer)
      break
    case 'dial-failed':
      parts.peers.unreached(input.peer)
      break
    case 'frame':
      parts.incoming.frame(input.from, input.frame)
      break
    case 'bad-frame':
      parts.links.closePeer(input.from, 'protocol-error')
      break
    case 'timer':
      fire(parts, input.timer)
      break
    default:
      tell(parts, input)
  }
}

function tell(parts: RoomParts, input: Told): void {
  switch (input.type) {
    case 'typing':
      parts.writers.say(input.writing)
      break
    case 'rename':
      parts.presence.rename(nickFrom(input.nick, parts.author.key))
      break
    case 'offer-relay':
      parts.self.relay = input.relay
      parts.presence.changed()
      break
    case 'offer-commands':
      offerCommands(parts, input.commands)
      break
    case 'invite':
    case 'admit':
    case 'revoke':
      parts.chat.say(parts.presence.nick, input)
      break
    default:
      parts.chat.say(parts.presence.nick, input)
      parts.writers.said()
  }
}

function offerCommands({ presence, self }: RoomParts, names: readonly string[]): void {
  if (!self.bot) return
  self.commands = commandNames(names)
  presence.changed()
}
