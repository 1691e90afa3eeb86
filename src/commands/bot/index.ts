import { boolean, integer, string } from '@oclif/core/flags'
import type { Millis } from '../../base/time.js'
import type { BotCode } from '../../bot/runner/run-bot.js'
import { badArguments } from '../../cli/bad-arguments.js'
import { LEAVING_TIME } from '../../cli/interrupt-signal.js'
import type { RoomAddress } from '../../room/keys.js'
import { BaseCommand } from '../common/base.js'
import { openIdentityOnce } from '../common/passphrase.js'
import { ephemeralFlag } from '../flags/ephemeral-flag.js'
import { keepFlags, parseKeepFlags } from '../flags/keep-flags.js'
import { metricsFlag, servingMetrics } from '../flags/metrics-flag.js'
import { networkFlags, parseNetworkFlags } from '../flags/network-flags.js'
import { passwordGiven } from '../flags/password-flags.js'
import { parseRelays, relayFlag, volunteerFlag } from '../flags/relay-flags.js'
import { roomNamed } from '../flags/room-argument.js'
import { addressWith, type RoomFlags, roomFlags } from '../flags/room-flags.js'

/** How long handlers may take to finish, in seconds, when the bot is asked to stop. */
const GRACE_SECONDS = 10
/** What is said last may take this long beside that, and what a program writes last. */
const FAREWELL_MILLIS: Millis = 2_000

export default class Bot extends BaseCommand {
  static override summary = 'Run a script as a member of rooms: a bot.'

  static override description =
    `The script is a .js, .mjs or .ts file (no build step) that exports bot => { bot.command(...) }; docs/bots.md shows how.
Instead of a script, give a program in any language after --: it reads one JSON event per line and writes one JSON action
per line.

A bot has an identity of its own, kept under its name, and others see that it is a bot. A second Ctrl-C ends it at once.
Exit code 2: it cannot run. For a room called new, write '#new'. If a room is -, its name is read from standard input. A password
is that of all the rooms.`

  static override usage = [
    'bot <room>... <script> [flags]',
    'bot <room>... [flags] -- <program> [argument]...'
  ]

  static override examples = [
    '<%= config.bin %> bot lobby dice.js',
    '<%= config.bin %> bot lobby builds ./bots/poll.ts --watch',
    '<%= config.bin %> bot lobby --nick dice -- python3 dice.py',
    '<%= config.bin %> bot new dice'
  ]

  static override strict = false

  static override flags = {
    nick: string({ char: 'n', description: `what it is called [default: the script's name]` }),
    identity: string({
      helpValue: 'NAME|FILE',
      description: `its identity: that of the bot of this name, or a file (with a slash) [default: the script's name]`
    }),
    watch: boolean({ description: 'load the script again when code in its directory changes' }),
    'env-file': string({
      helpValue: 'FILE',
      description: 'environment variables for it: lines of NAME=value'
    }),
    'log-json': boolean({
      allowNo: true,
      description: 'write the log on stderr as JSON lines [default: if stderr is not a terminal]'
    }),
    grace: integer({
      min: 0,
      max: 3_600,
      default: GRACE_SECONDS,
      description: 'seconds that handlers may take to finish when it stops'
    }),
    bots: boolean({ description: 'programs only: hear other bots too' }),
    missed: boolean({ description: 'programs only: hear what was said while it was not running' }),
    allow: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'IDENTITY',
      description:
        'programs only: hear only this identity, 64 hex digits; may be given several times'
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
    const split = this.argv.indexOf('--')
    const own = split === -1 ? this.argv : this.argv.slice(0, split)
    // Before parse: it replaces this.argv.
    const program = split === -1 ? undefined : this.argv.slice(split + 1)
    const { argv, flags } = await this.parse(Bot, own)
    const { code, rooms } = codeAndRooms(argv.map(String), program, flags.watch)
    const networks = parseNetworkFlags(flags)
    const relaying = { relays: parseRelays(flags.relay), volunteer: !flags['no-relay'] }
    const { runBot } = await import('../../bot/runner/run-bot.js')
    const options = {
      rooms: await this.#addresses(rooms, flags),
      code,
      networks,
      ...relaying,
      ephemeral: flags.ephemeral,
      keep: parseKeepFlags(flags),
      nick: flags.nick,
      identity: flags.identity,
      openIdentity: (file: string) => openIdentityOnce(this.interrupted, file),
      envFile: flags['env-file'],
      bots: flags.bots,
      missed: flags.missed,
      allow: flags.allow,
      log: { output: process.stderr, json: flags['log-json'] ?? !process.stderr.isTTY },
      grace: flags.grace * 1000,
      interrupted: this.interrupted
    }
    await servingMetrics(flags.metrics, onopen => runBot({ ...options, onopen }))
  }

  // One after the other: each - is a line of its own, and a passphrase is asked for once.
  async #addresses(words: readonly string[], flags: RoomFlags): Promise<RoomAddress[]> {
    const names: string[] = []
    for (const word of words) names.push(await roomNamed(word, this.interrupted))
    const password = await passwordGiven(names, flags, this.interrupted)
    const addresses: RoomAddress[] = []
    for (const name of names)
      addresses.push(await addressWith(name, password, flags.public, this.interrupted))
    return addresses
  }

  protected override isJob(): boolean {
    return false
  }

  protected override leavingTime(): number {
    return LEAVING_TIME + FAREWELL_MILLIS + (graceOf(this.argv) ?? GRACE_SECONDS) * 1000
  }
}

// The time to leave is needed before flags are parsed.
function graceOf(argv: readonly string[]): number | undefined {
  const at = argv.findIndex(word => /^--grace(=|$)/.test(word))
  const value = argv[at]?.split('=')[1] ?? argv[at + 1]
  return at === -1 || value === undefined || !/^\d{1,4}$/.test(value) ? undefined : Number(value)
}

function codeAndRooms(
  words: readonly string[],
  program: readonly string[] | undefined,
  watch: boolean
): { code: BotCode; rooms: readonly string[] } {
  if (program !== undefined) {
    if (program.length === 0 || words.length === 0) throw badBotLine()
    return { code: { type: 'program', command: program }, rooms: words }
  }
  const file = words.at(-1)
  if (file === undefined || words.length < 2) throw badBotLine()
  return { code: { type: 'script', file, watch }, rooms: words.slice(0, -1) }
}

const badBotLine = () =>
  badArguments(
    'A bot needs a room and a script.',
    'swarmchat bot <room>... <script>, or swarmchat bot <room>... -- <program>'
  )
