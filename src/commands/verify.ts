import { string as stringArgument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { SwarmchatError } from '../base/errors.js'
import { shortId } from '../base/ids.js'
import { safeJson } from '../ndjson/codec.js'
import {
  type Flaw,
  TranscriptCheck,
  type TranscriptReport,
  transcriptRoom
} from '../room/kept/transcripts.js'
import { BaseCommand } from './common/base.js'
import { keysGiven, readLines, transcriptInput } from './common/transcript-input.js'
import { roomFlags } from './flags/room-flags.js'

/** NOT_INTACT: something of a transcript is altered, added or missing. Exit code 1. */
export const notIntact = (flaws: number) =>
  new SwarmchatError(
    'NOT_INTACT',
    `The transcript is not intact: ${flaws} ${flaws === 1 ? 'flaw' : 'flaws'}.`,
    {
      hint: 'swarmchat verify says line by line what is altered, added or missing.',
      exitCode: 1
    }
  )

/** The argument that names a transcript. */
export const transcriptArgument = {
  file: stringArgument({
    required: true,
    ignoreStdin: true,
    description: 'the transcript; - is standard input'
  })
}

export default class Verify extends BaseCommand {
  static override summary = 'Check a transcript: every signature, id, parent and the order.'

  static override description =
    `Needs no network and no home. Says line by line what is altered, added or missing. With --room it also opens what is
sealed and compares it with the text beside it; without, the texts are not checked.`

  static override examples = [
    '<%= config.bin %> verify lobby.ndjson',
    '<%= config.bin %> verify lobby.ndjson --room lobby'
  ]

  static override args = transcriptArgument

  static override flags = {
    ...roomFlags,
    room: string({
      helpValue: 'NAME',
      description: 'name of the room; - reads it from the first line of standard input'
    }),
    json: boolean({ description: 'one JSON object per line' })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify)
    const keys = await keysGiven(flags, this.interrupted)
    const onflaw = (flaw: Flaw) =>
      this.log(flags.json ? safeJson({ type: 'flaw', ...flaw }) : flawLine(flaw))
    const check = new TranscriptCheck({ room: keys && transcriptRoom(keys), onflaw })
    await readLines(transcriptInput(args.file), line => void check.take(line))
    const report = check.end()
    this.log(flags.json ? safeJson({ type: 'report', ...report }) : reportLine(report))
    if (report.flaws > 0) throw notIntact(report.flaws)
  }
}

function flawLine({ kind, line, text }: Flaw): string {
  return `${line === undefined ? 'transcript' : `line ${line}`}: ${kind}: ${text}`
}

function reportLine({ absent, by, flaws, messages, textsChecked }: TranscriptReport): string {
  const signed = `${messages} ${messages === 1 ? "message is its author's" : "messages are their authors'"}`
  const whole = by !== undefined && flaws === 0 ? `; ${shortId(by)} signed that this is all` : ''
  const texts = textsChecked
    ? '; the texts are what was sealed'
    : '; the texts were not checked (--room)'
  const earlier = absent === 0 ? '' : `; ${absent} earlier ones that they name are not in it`
  return `${signed}${whole}${flaws === 0 ? texts : ''}${earlier}.`
}
