import { boolean } from '@oclif/core/flags'
import { SwarmchatError } from '../../base/errors.js'
import { isLink } from '../../base/links.js'
import { Names } from '../../base/names.js'
import { Contacts } from '../../home/contacts.js'
import { homeDirectory } from '../../home/directory.js'
import { safeJson } from '../../ndjson/codec.js'
import { readInvitation } from '../../room/admission/invitation.js'
import { openRoomKeys } from '../../room/keys.js'
import { type CardTexts, invitedCard, keptCard } from '../../room/records/room-cards.js'
import { cardRows, signedCardRows } from '../../ui/card.js'
import { pinNames } from '../../ui/names.js'
import { BaseCommand } from '../common/base.js'
import { openIdentityOnce } from '../common/passphrase.js'
import { networkFlags, parseNetworkFlags } from '../flags/network-flags.js'
import { passwordGiven } from '../flags/password-flags.js'
import { roomArgument, roomNamed } from '../flags/room-argument.js'
import { addressWith, roomFlags } from '../flags/room-flags.js'
import { timeoutFlag } from '../flags/timeout-flag.js'

/** NO_CARD: a room has no card that is kept here. Exit code 1. */
const noneKept = () =>
  new SwarmchatError('NO_CARD', 'No card of this room is kept here.', {
    hint: 'A member gives it one: swarmchat card set <room>',
    exitCode: 1
  })

/** NO_CARD: the card of an invitation is not to be found. Exit code 1. */
const notFound = () =>
  new SwarmchatError(
    'NO_CARD',
    'The invitation names no card, or no network that answers has it.',
    {
      hint: 'Join the room: whoever is there has its card. Or try again with a longer --timeout.',
      exitCode: 1
    }
  )

export default class Card extends BaseCommand {
  static override summary = "Show a room's card: its title, what it is for, and its rules."

  static override description =
    `Of a room that you have been in, as it is kept on this machine: no member is asked. Of an invitation, as it was when that was
made: it is read in the DHT, without joining, and nobody there can read it who has not got the invitation.

Any member can put another card, with swarmchat card set, and the last one counts. For a room called set, write '#set'.`

  static override examples = [
    '<%= config.bin %> card lobby',
    '<%= config.bin %> card - < invitation.txt',
    `<%= config.bin %> card set lobby --title 'The lobby' --rules 'Be kind.'`
  ]

  static override args = roomArgument

  static override flags = {
    json: boolean({ description: 'print it as a JSON object' }),
    ...timeoutFlag(15, 'of an invitation: look so many seconds for it'),
    ...roomFlags,
    ...networkFlags
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Card)
    const networks = parseNetworkFlags(flags)
    const word = await roomNamed(args.room, this.interrupted)
    if (isLink(word)) {
      const timeout = flags.timeout * 1000
      const search = { networks, timeout, interrupted: this.interrupted }
      const card = await invitedCard(readInvitation(word), search)
      if (card === undefined && !this.interrupted.aborted) throw notFound()
      if (card !== undefined) this.#show(card, cardRows(card), flags.json)
      return
    }
    const password = await passwordGiven([word], flags, this.interrupted)
    const address = await addressWith(word, password, flags.public, this.interrupted)
    const keys = await openRoomKeys(address)
    await openIdentityOnce(this.interrupted)
    const card = await keptCard(keys)
    if (card === undefined) throw noneKept()
    const names = new Names()
    pinNames(names, Contacts.in(homeDirectory()))
    this.#show(card, signedCardRows(card, names), flags.json)
  }

  #show(card: CardTexts, rows: readonly string[], isJson: boolean): void {
    if (isJson) this.log(safeJson({ type: 'card', ...card }))
    else for (const row of rows) this.log(row)
  }
}
