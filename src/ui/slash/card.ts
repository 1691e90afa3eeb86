import { signedCardRows } from '../card.js'
import { namesOf } from '../names.js'
import type { SlashCommand } from './command.js'

/** What the room is, as a member put it. */
export const CARD: SlashCommand = {
  usage: '/card',
  help: 'the room and its rules',
  run: ({ room, view }) => {
    const { card } = view
    return card === undefined
      ? ['This room has no card. swarmchat card set gives it one.']
      : signedCardRows(card, namesOf(room))
  }
}
