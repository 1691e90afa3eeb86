import { string as stringArg } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { badArguments } from '../cli/bad-arguments.js'
import { standardStreams } from '../cli/streams.js'
import { homeDirectory } from '../home/directory.js'
import { namedRooms } from '../home/room-directory.js'
import { Settings } from '../home/settings.js'
import { badCursor, isCursor } from '../room/cursor.js'
import { roomKeys } from '../room/keys.js'
import { chat, hasPrompt } from '../ui/chat.js'
import { processIo } from '../ui/chat-io.js'
import { BaseCommand } from './base.js'
import { ephemeralFlag } from './ephemeral-flag.js'
import { keepFlags, parseKeepFlags } from './keep-flags.js'
import { keptHabits } from './kept-habits.js'
import { metricsFlag, servingMetrics } from './metrics-flag.js'
import { networkFlags, parseNetworkFlags } from './network-flags.js'
import { passwordFlags, passwordGiven } from './password-flags.js'
import { parseRelays, relayFlag, volunteerFlag } from './relay-flags.js'
import { roomNamed } from './room-argument.js'

export default class Join extends BaseCommand {
  static override summary = 'Chat with everybody who joins the room of the same name.'

  static override description =
    `On a terminal: type a line to say it. /help lists the commands, Ctrl-C leaves. If a bot is in the room, commands that it
announces go to it. With several rooms, Alt-1 to Alt-9 switch.

With --plain, on a terminal that obeys no escape sequences, and where NO_COLOR is set, there are lines alone.

In a pipe: every line of standard input is a message, and standard output is what is said from now on. The chat goes on when
the input ends; Ctrl-C or SIGTERM ends it.

With --password, only who gives the same password is in the room; strangers who know its name can neither come in nor read.

With --json, input and output are one JSON object per line, for scripts. What is kept has a cursor: with it, --since goes on
exactly there when the script or the chat is started again.`

  static override examples = [
    '<%= config.bin %> join lobby',
    '<%= config.bin %> join lobby --nick ada',
    '<%= config.bin %> join lobby builds',
    'tail -f build.log | <%= config.bin %> join builds --network local',
    '<%= config.bin %> join team --password',
    `<%= config.bin %> join lobby --json | jq -r 'select(.type == "message") | .text'`
  ]

  static override args = {
    room: stringArg({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description:
        'name of the room, 1 to 64 characters; - reads it from the first line of standard input'
    })
  }

  static override flags = {
    nick: string({
      char: 'n',
      description: 'what you are called [default: your user name]'
    }),
    plain: boolean({
      allowNo: true,
      description: 'lines alone, as for a screen reader [env: SWARMCHAT_PLAIN]'
    }),
    json: boolean({ description: 'one JSON object per line, out and in' }),
    since: string({
      helpValue: 'CURSOR',
      dependsOn: ['json'],
      exclusive: ['ephemeral'],
      description: 'with --json: go on after the event that had this cursor'
    }),
    history: boolean({ description: 'in a pipe: print what was said before, too' }),
    ...passwordFlags,
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
    const { ephemeral, history, json, since } = flags
    if (since !== undefined && !isCursor(since)) throw badCursor(since)
    const settings = new Settings()
    const plain = flags.plain ?? isPlain(settings)
    const io = processIo(this.interrupted)
    const [name = '', ...more] = await this.#roomsNamed(args.room)
    if (more.length > 0 && !hasPrompt(io, { json, plain })) throw oneRoomOnly()
    const password = await passwordGiven(flags, this.interrupted)
    if (more.length > 0 && password !== undefined) throw onePasswordOnly()
    const nickIn = (room: string) => flags.nick ?? nickOf(settings, room)
    const keep = parseKeepFlags(flags)
    const room = { name, password, networks, ephemeral, keep, ...relaying }
    const habits = keptHabits(settings, ephemeral)
    const known = namedRooms(homeDirectory()).map(each => each.name)
    const how = { history, json, plain, since, habits, nickIn, more, known }
    await servingMetrics(flags.metrics, onopen => chat(room, io, { ...how, onopen }))
  }

  // One after the other: each - is a line of its own.
  async #roomsNamed(words: readonly string[]): Promise<string[]> {
    const rooms: string[] = []
    for (const word of words) rooms.push(await roomNamed(word, this.interrupted))
    // Refused before there is a prompt.
    for (const room of rooms) roomKeys(room)
    return rooms
  }

  protected override isJob(): boolean {
    return false
  }
}

const oneRoomOnly = () =>
  badArguments(
    'Several rooms at once need a terminal with a prompt.',
    'Start one program for each room: swarmchat join <room>'
  )

const onePasswordOnly = () =>
  badArguments(
    'A password is for one room.',
    'Start one program for each room that has a password: swarmchat join <room> --password'
  )

// Who wants no colours gets no screen either: --no-plain brings it back, without them.
function isPlain(settings: Settings): boolean {
  const { from, value } = settings.get('plain')
  return from === 'default' && process.env.NO_COLOR ? true : value === true
}

function nickOf(settings: Settings, room: string): string | undefined {
  const { value } = settings.get('nick', roomKeys(room).name)
  return value === undefined ? undefined : `${value}`
}
