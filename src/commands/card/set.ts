import { boolean, integer, string } from '@oclif/core/flags'
import { codeOf } from '../../base/errors.js'
import { badArguments } from '../../cli/bad-arguments.js'
import { standardStreams } from '../../cli/streams.js'
import { Settings } from '../../home/settings.js'
import { openRoomKeys, type RoomAddress } from '../../room/keys.js'
import { type CardTexts, keptCard } from '../../room/records/room-cards.js'
import { setCardOnce } from '../../room/sending/send-once.js'
import { BaseCommand } from '../common/base.js'
import { deliveryFlags, haveJson, haveLine, isKept } from '../common/delivering.js'
import { openIdentityOnce } from '../common/passphrase.js'
import { parseNetworkFlags } from '../flags/network-flags.js'
import { nickOf } from '../flags/nick-flag.js'
import { parseRelays } from '../flags/relay-flags.js'
import { roomArgument } from '../flags/room-argument.js'
import { roomGiven } from '../flags/room-flags.js'

/** Nobody has it, and it is kept here. */
const KEPT = 'kept'
const KEPT_LINE =
  'Nobody else is there: the card is kept here, and others get it when you are next in the room with them.'

const NO_CARD: CardTexts = { title: '', description: '', rules: '' }
/** A room that was never kept here, or is not to be read now, has no card to begin with. */
const UNKNOWN = new Set(['ROOM_NOT_KEPT', 'STORE_IN_USE', 'STORE_NEWER', 'STORE_FAILED'])

export default class CardSet extends BaseCommand {
  static override summary = 'Give a room a card: a title, what it is for, and its rules.'

  static override description =
    `Joins the room unseen, puts the card, waits until others have it, and leaves. If nobody comes within --timeout seconds, it is kept here, and
others get it when you are next in the room with them; with --wait that is exit code 1. Any member may put it, and the last card counts:
it is no proof of who owns a room. What is not given stays as it is kept here, or is empty. --none takes the card away.

The title has 64 bytes of UTF-8 at most, the description 255, the rules 600. The card is also stored in the DHT, sealed to the room, so that an
invitation can lead to it.`

  static override examples = [
    `<%= config.bin %> card set lobby --title 'The lobby' --description 'Where everybody meets.'`,
    `<%= config.bin %> card set team --rules "$(cat rules.txt)"`,
    '<%= config.bin %> card set team --none'
  ]

  static override args = roomArgument

  static override flags = {
    title: string({ helpValue: 'TEXT', description: 'what people call it' }),
    description: string({ helpValue: 'TEXT', description: 'what it is for' }),
    rules: string({
      helpValue: 'TEXT',
      description: 'how one behaves there; may have several lines'
    }),
    none: boolean({
      exclusive: ['title', 'description', 'rules'],
      description: 'take the card away'
    }),
    ...deliveryFlags,
    wait: integer({
      min: 1,
      description: 'wait until this many members have it [default: one, or nobody if none comes]'
    })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CardSet)
    const networks = parseNetworkFlags(flags)
    const relaying = { relays: parseRelays(flags.relay), volunteer: false }
    const address = await roomGiven(args.room, flags, this.interrupted)
    await openIdentityOnce(this.interrupted)
    const card = await cardGiven(address, flags)
    const nick = flags.nick ?? nickOf(new Settings(), address.name)
    const room = { ...address, nick, networks, ...relaying, quiet: true }
    const timeout = flags.timeout * 1000
    const wanted = flags.wait ?? 1
    const delivery = { wanted, timeout, interrupted: this.interrupted }
    const have = await setCardOnce(room, card, delivery).catch((thrown): typeof KEPT => {
      const isForLater = codeOf(thrown) === 'NOBODY_GOT_IT' && isKept(thrown)
      if (flags.wait !== undefined || !isForLater) throw thrown
      return KEPT
    })
    if (have !== KEPT && have < wanted) brokenOff(have)
    else if (flags.json) this.log(haveJson(have === KEPT ? 0 : have, wanted, have === KEPT))
    else this.log(have === KEPT ? KEPT_LINE : haveLine(have))
  }
}

type Given = { readonly [text in keyof CardTexts]: string | undefined } & { readonly none: boolean }

async function cardGiven(address: RoomAddress, flags: Given): Promise<CardTexts> {
  if (flags.none) return NO_CARD
  const { description, rules, title } = flags
  if (title === undefined && description === undefined && rules === undefined) throw nothingGiven()
  const before = await cardBefore(address)
  return {
    title: title ?? before.title,
    description: description ?? before.description,
    rules: rules ?? before.rules
  }
}

async function cardBefore(address: RoomAddress): Promise<CardTexts> {
  try {
    return (await keptCard(await openRoomKeys(address))) ?? NO_CARD
  } catch (thrown) {
    if (UNKNOWN.has(codeOf(thrown) ?? '')) return NO_CARD
    throw thrown
  }
}

const nothingGiven = () =>
  badArguments(
    'What is the card to say? --title, --description, --rules; or --none.',
    "For example: swarmchat card set lobby --title 'The lobby'"
  )

function brokenOff(have: number): void {
  const message =
    have === 0 ? 'Interrupted before anybody confirmed the card.' : `Interrupted: ${haveLine(have)}`
  standardStreams.tell({ message, hint: 'It may arrive all the same.' })
  process.exitCode = 1
}
