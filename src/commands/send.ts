import { string as stringArg } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { badArguments } from '../cli/bad-arguments.js'
import { readAll } from '../cli/input.js'
import { standardStreams } from '../cli/streams.js'
import { Settings } from '../home/settings.js'
import { sendOnce } from '../room/sending/send-once.js'
import { BaseCommand } from './common/base.js'
import { deliveryFlags, haveJson, haveLine, isKept } from './common/delivering.js'
import { openIdentityOnce } from './common/passphrase.js'
import { identityGiven } from './common/to-whom.js'
import { parseNetworkFlags } from './flags/network-flags.js'
import { nickOf } from './flags/nick-flag.js'
import { parseRelays } from './flags/relay-flags.js'
import { roomArgument } from './flags/room-argument.js'
import { roomGiven } from './flags/room-flags.js'

export default class Send extends BaseCommand {
  static override summary = 'Say one thing in a room, and wait until somebody has it.'

  static override description =
    `Joins the room unseen, says the text, waits until --wait other members have the message, prints how many do, and leaves.
Exit code 1: too few got it within --timeout seconds. 130: Ctrl-C before that. It is kept here all the same, and others get it when
you are next in the room with them.

The words of the text are joined by spaces. Without any, or with -, the text comes from standard input. If it begins with a
dash, put -- before it.`

  static override examples = [
    '<%= config.bin %> send lobby the build is green',
    `<%= config.bin %> send builds "$(git log -1 --oneline)" --wait 3 --timeout 30`,
    'git log -1 --format=%B | <%= config.bin %> send builds',
    '<%= config.bin %> send lobby --to ana only for you',
    `<%= config.bin %> send lobby -- '--- cut here ---'`
  ]

  static override args = {
    ...roomArgument,
    text: stringArg({
      multiple: true,
      ignoreStdin: true,
      description: 'what to say: words, or - for standard input [default: standard input]'
    })
  }

  static override flags = {
    to: string({
      helpValue: 'IDENTITY|NAME',
      description:
        'for this member alone, 64 hex digits or the name of a contact: the others pass it on and cannot read it'
    }),
    ...deliveryFlags
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Send)
    const networks = parseNetworkFlags(flags)
    const relaying = { relays: parseRelays(flags.relay), volunteer: false }
    const address = await roomGiven(args.room, flags, this.interrupted)
    await openIdentityOnce(this.interrupted)
    const to = flags.to === undefined ? undefined : identityGiven(flags.to)
    const text = await this.#textOf(args.text ?? [])
    const nick = flags.nick ?? nickOf(new Settings(), address.name)
    const room = { ...address, nick, networks, ...relaying, quiet: true }
    const delivery = {
      to,
      wanted: flags.wait,
      timeout: flags.timeout * 1000,
      interrupted: this.interrupted
    }
    const have = await sendOnce(room, text, delivery).catch(thrown => {
      if (flags.json && codeOf(thrown) === 'NOBODY_GOT_IT')
        this.log(haveJson(haveOf(thrown), flags.wait, isKept(thrown)))
      throw thrown
    })
    const isDone = have >= flags.wait
    if (flags.json || isDone) this.log(flags.json ? haveJson(have, flags.wait) : haveLine(have))
    if (!isDone) brokenOff(have, flags.wait)
  }

  async #textOf(words: readonly string[]): Promise<string> {
    const { stdin } = process
    if (words.length > 0 && words.join() !== '-') return words.join(' ')
    if (words.length === 0 && stdin.isTTY) throw noText()
    standardStreams.ownInput(stdin)
    return readAll(stdin, this.interrupted)
  }
}

const noText = () =>
  badArguments(
    'What do you want to say? swarmchat send <room> <text>',
    'Or give it on standard input: git log -1 | swarmchat send <room>'
  )

// Whoever got it since does not say so to us any more.
function brokenOff(have: number, wanted: number): void {
  const message =
    have === 0
      ? 'Interrupted before anybody confirmed the message.'
      : `Interrupted: ${haveLine(have).slice(0, -1)}; --wait asked for ${wanted}.`
  standardStreams.tell({ message, hint: 'It may arrive all the same.' })
  process.exitCode = 1
}

function haveOf(thrown: unknown): number {
  return thrown instanceof SwarmchatError ? Number(thrown.facts.have) : 0
}
