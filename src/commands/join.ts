import { boolean, string } from '@oclif/core/flags'
import { standardStreams } from '../cli/streams.js'
import { chat } from '../ui/chat.js'
import { processIo } from '../ui/chat-io.js'
import { BaseCommand } from './base.js'
import { ephemeralFlag } from './ephemeral-flag.js'
import { keepFlags, parseKeepFlags } from './keep-flags.js'
import { metricsFlag, servingMetrics } from './metrics-flag.js'
import { networkFlags, parseNetworkFlags } from './network-flags.js'
import { parseRelays, relayFlag, volunteerFlag } from './relay-flags.js'
import { roomArgument, roomNamed } from './room-argument.js'

export default class Join extends BaseCommand {
  static override summary = 'Chat with everybody who joins the room of the same name.'

  static override description =
    `On a terminal: type a line to say it. /help lists the commands, Ctrl-C leaves. If a bot is in the room, commands that it
announces go to it.

In a pipe: every line of standard input is a message, and standard output is what is said from now on. The chat goes on when
the input ends; Ctrl-C or SIGTERM ends it.

With --json, input and output are one JSON object per line, for scripts.`

  static override examples = [
    '<%= config.bin %> join lobby',
    '<%= config.bin %> join lobby --nick ada',
    'tail -f build.log | <%= config.bin %> join builds --network local',
    `<%= config.bin %> join lobby --json | jq -r 'select(.type == "message") | .text'`
  ]

  static override args = roomArgument

  static override flags = {
    nick: string({
      char: 'n',
      description: 'what you are called [default: your user name]'
    }),
    json: boolean({ description: 'one JSON object per line, out and in' }),
    history: boolean({ description: 'in a pipe: print what was said before, too' }),
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
    const name = await roomNamed(args.room, this.interrupted)
    const { ephemeral, history, json } = flags
    const keep = parseKeepFlags(flags)
    const room = { name, nick: flags.nick, networks, ephemeral, keep, ...relaying }
    await servingMetrics(flags.metrics, onopen =>
      chat(room, processIo(this.interrupted), { history, json, onopen })
    )
  }

  protected override isJob(): boolean {
    return false
  }
}
