import { string as stringArg } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { isLink } from '../base/links.js'
import { badArguments } from '../cli/bad-arguments.js'
import { standardStreams } from '../cli/streams.js'
import { Settings } from '../home/settings.js'
import { addressOf, keepRoom, roomNames } from '../room/admission/private-rooms.js'
import { type RoomAddress, roomKeys } from '../room/keys.js'
import type { Room } from '../room/room.js'
import type { NetworkSpec } from '../swarm/networks/open.js'
import { canBeInSeveral, chat, viewOf } from '../ui/chat.js'
import { processIo } from '../ui/chat-io.js'
import { admittedBy } from './common/admitted.js'
import { BaseCommand } from './common/base.js'
import { cursorsGiven } from './common/cursors-given.js'
import { distinctRooms } from './common/distinct-rooms.js'
import { keptHabits } from './common/kept-habits.js'
import { openIdentityOnce, unlocking } from './common/passphrase.js'
import { privateFromNowOn } from './common/private-room.js'
import { roomsGiven } from './common/rooms-given.js'
import { tellInvitedCard } from './common/tell-card.js'
import { ephemeralFlag } from './flags/ephemeral-flag.js'
import { keepFlags, parseKeepFlags } from './flags/keep-flags.js'
import { metricsFlag, servingMetrics } from './flags/metrics-flag.js'
import { networkFlags, parseNetworkFlags } from './flags/network-flags.js'
import { nickFlag, nickIn } from './flags/nick-flag.js'
import { passwordGiven } from './flags/password-flags.js'
import { parseRelays, relayFlag, volunteerFlag } from './flags/relay-flags.js'
import { addressWith, type RoomFlags, roomFlags } from './flags/room-flags.js'

/** What is kept of an invitation. */
interface Taking {
  readonly as?: string | undefined
  readonly ephemeral: boolean
}

export default class Join extends BaseCommand {
  static override summary = 'Chat with everybody who joins the room of the same name.'

  static override description =
    `On a terminal: type a line to say it. /help lists the commands, Ctrl-C leaves. If a bot is in the room, commands that it
announces go to it. With several rooms, Alt-1 to Alt-9 switch.

With --plain, on a terminal that obeys no escape sequences, and where NO_COLOR is set, there are lines alone.

In a pipe: every line of standard input is a message, and standard output is what is said from now on. The chat goes on when
the input ends; Ctrl-C or SIGTERM ends it.

With --password, only who gives the same password is in the room; strangers who know its name can neither come in nor read.

With an invitation (swarmchat:...) you join a private room, and its name alone leads back. Who sees the link can join too: join
alone, and join -, ask for it without showing it.

With --json, input and output are one JSON object per line, for scripts; with several rooms each says of which one it is. What is
kept has a cursor: with it, --since goes on exactly there when the script or the chat is started again.`

  static override examples = [
    '<%= config.bin %> join lobby',
    '<%= config.bin %> join lobby --nick ada',
    '<%= config.bin %> join lobby builds',
    'tail -f build.log | <%= config.bin %> join builds --network local',
    '<%= config.bin %> join team --password',
    '<%= config.bin %> join -',
    `<%= config.bin %> join lobby --json | jq -r 'select(.type == "message") | .text'`
  ]

  static override args = {
    room: stringArg({
      multiple: true,
      ignoreStdin: true,
      description:
        'name of the room, 1 to 64 characters, or an invitation; - reads it from standard input [default: asks, without showing it]'
    })
  }

  static override flags = {
    ...nickFlag,
    plain: boolean({
      allowNo: true,
      description: 'lines alone, as for a screen reader [env: SWARMCHAT_PLAIN]'
    }),
    json: boolean({ description: 'one JSON object per line, out and in' }),
    since: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '[ROOM=]CURSOR',
      dependsOn: ['json'],
      exclusive: ['ephemeral'],
      description: 'with --json: go on after the event that had this cursor, for each room'
    }),
    history: boolean({ description: 'in a pipe: print what was said before, too' }),
    as: string({
      helpValue: 'NAME',
      description: 'what the room of an invitation is called here [default: its name]'
    }),
    ...roomFlags,
    ...ephemeralFlag,
    ...keepFlags,
    ...networkFlags,
    ...relayFlag,
    ...volunteerFlag,
    ...metricsFlag
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Join)
    const networks = parseNetworkFlags(flags)
    const relaying = { relays: parseRelays(flags.relay), volunteer: !flags['no-relay'] }
    standardStreams.ownInput(process.stdin)
    const { ephemeral, history, json } = flags
    const settings = new Settings()
    const plain = flags.plain ?? isPlain(settings)
    const io = processIo(this.interrupted)
    const addresses = await this.#addresses(args.room ?? [], flags, networks)
    const [address = { name: '' }, ...others] = addresses
    const more = others.map(({ name }) => name)
    if (more.length > 0 && !canBeInSeveral(io, { json, plain })) throw oneRoomOnly()
    const since = cursorsGiven(flags.since ?? [], [address.name, ...more])
    await openIdentityOnce(this.interrupted)
    const keep = parseKeepFlags(flags)
    const room = { ...address, networks, ephemeral, keep, ...relaying }
    const habits = keptHabits(settings, ephemeral)
    const addressOf = (name: string) =>
      addresses.find(each => each.name === name) ?? joined(name, ephemeral)
    const known = roomNames()
    const called = (room: string, now?: string) => nickIn(room, flags.nick, settings, now)
    const how = { history, json, plain, since, habits, more, known, addressOf, nickIn: called }
    const unfollow = settings.follow()
    await servingMetrics(flags.metrics, add => {
      const onopen = (opened: Room) => {
        this.runs(viewOf(io, { json, plain }))
        add(opened)
      }
      return chat(room, io, { ...how, onopen })
    })
    unfollow()
  }

  async #addresses(
    words: readonly string[],
    flags: RoomFlags & Taking,
    networks: NetworkSpec
  ): Promise<RoomAddress[]> {
    const rooms = await roomsGiven(words, this.interrupted)
    const password = await passwordGiven(rooms, flags, this.interrupted)
    if (rooms.length > 1 && password !== undefined) throw onePasswordOnly()
    if (flags.as !== undefined && !(rooms.length === 1 && rooms.every(isLink))) throw oneNameOnly()
    const addresses: RoomAddress[] = []
    for (const room of rooms) {
      const admitted = await admittedBy(room, networks, this.interrupted)
      const { interrupted } = this
      const address = admitted ?? (await addressWith(room, password, flags.public, interrupted))
      const isPrivate = address.secret !== undefined
      if (!isPrivate) addresses.push(checked(address))
      else addresses.push(await this.#taken(room, address, flags, networks))
    }
    return distinctRooms(addresses)
  }

  async #taken(room: string, address: RoomAddress, how: Taking, networks: NetworkSpec) {
    const { isNew, ...kept } = await unlocking(this.interrupted, () => taken(room, address, how))
    if (isNew) await tellInvitedCard(room, kept, networks, this.interrupted)
    return kept
  }

  protected override isJob(): boolean {
    return false
  }
}

const oneRoomOnly = () =>
  badArguments(
    'Several rooms at once need a terminal with a prompt, or --json.',
    'Start one program for each room: swarmchat join <room>'
  )

const oneNameOnly = () =>
  badArguments('--as names the room of one invitation.', 'swarmchat join <invitation> --as NAME')

const onePasswordOnly = () =>
  badArguments(
    'A password is for one room.',
    'Start one program for each room that has a password: swarmchat join <room> --password'
  )

// Refused before there is a prompt.
function checked(address: RoomAddress): RoomAddress {
  roomKeys(address.name)
  return address
}

/** The room of an invitation, which is kept from now on; told if it is new here. Of other private rooms: as they are. */
function taken(
  room: string,
  address: RoomAddress,
  { as, ephemeral }: Taking
): RoomAddress & { readonly isNew: boolean } {
  const { name, secret } = { ...address, name: as ?? address.name }
  if (secret === undefined || !isLink(room)) return { ...address, isNew: false }
  const isNew = ephemeral || keepRoom({ name, secret })
  if (isNew && !ephemeral) standardStreams.tell(privateFromNowOn(name))
  return { name, secret, isNew }
}

/** The room of a name or an invitation that was typed in a chat; likewise, but for what is told. */
function joined(room: string, isEphemeral: boolean): RoomAddress {
  const address = addressOf(room)
  const { name, secret } = address
  if (secret !== undefined && isLink(room) && !isEphemeral) keepRoom({ name, secret })
  return address
}

// Who wants no colours gets no screen either: --no-plain brings it back, without them.
function isPlain(settings: Settings): boolean {
  const { from, value } = settings.get('plain')
  return from === 'default' && process.env.NO_COLOR ? true : value === true
}
