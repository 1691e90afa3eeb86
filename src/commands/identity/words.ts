import { seedOf } from '../../base/crypto.js'
import { SwarmchatError } from '../../base/errors.js'
import { readFirstLine } from '../../cli/input.js'
import { standardStreams } from '../../cli/streams.js'
import { loadIdentity } from '../../home/identity.js'
import { BaseCommand } from '../common/base.js'
import { confirmed } from '../common/confirm.js'
import { openIdentityOnce } from '../common/passphrase.js'

/** Words in a row: 24 fit 40 columns and 24 rows. */
const COLUMNS = 2
const COLUMN_WIDTH = 16
/** A page of the terminal's own, of which nothing stays behind. */
const [ENTER_PAGE, LEAVE_PAGE] = ['\u001b[?1049h\u001b[H', '\u001b[?1049l'] as const

/** NO_TERMINAL: what is secret is shown to a person alone. */
const noTerminal = () =>
  new SwarmchatError('NO_TERMINAL', 'The words are shown on a terminal only.', {
    hint: 'For a file that machines keep: swarmchat identity export'
  })

/** NOT_SHOWN: nobody said that nobody else is looking. Exit code 1. */
const notShown = () =>
  new SwarmchatError('NOT_SHOWN', 'The words were not shown.', {
    hint: 'Answer y when nobody else can see the screen.',
    exitCode: 1
  })

export default class IdentityWords extends BaseCommand {
  static override summary = 'Show the 24 words that your identity can be restored from.'

  static override description =
    `Write them on paper: whoever has them is you, on any machine, with swarmchat identity restore. They are shown once, and leave
the terminal when you press Enter. Nothing else is in them: no contacts, no messages.`

  async run(): Promise<void> {
    await this.parse(IdentityWords)
    if (!process.stdin.isTTY || !process.stdout.isTTY) throw noTerminal()
    const question = 'Whoever sees the 24 words can be you for ever. Show them?'
    if (!(await confirmed(question, this.interrupted))) throw notShown()
    await openIdentityOnce(this.interrupted)
    const { wordsOf } = await import('../../home/words.js')
    await this.#show(rowsOf(wordsOf(seedOf(loadIdentity().keyPair))))
  }

  async #show(rows: readonly string[]): Promise<void> {
    const { stdin, stdout } = process
    const hasPages = process.env.TERM !== 'dumb'
    standardStreams.ownInput(stdin)
    const text = `${rows.join('\n')}\n\nEnter takes them away. `
    stdout.write(`${hasPages ? ENTER_PAGE : ''}${text}`)
    try {
      await readFirstLine(stdin, this.interrupted)
    } finally {
      if (hasPages) stdout.write(LEAVE_PAGE)
    }
  }
}

function rowsOf(words: readonly string[]): string[] {
  const numbered = words.map((word, at) => `${at + 1}`.padStart(2).concat(`. ${word}`))
  const height = Math.ceil(words.length / COLUMNS)
  return numbered
    .slice(0, height)
    .map((cell, row) => `${cell.padEnd(COLUMN_WIDTH)}${numbered[row + height] ?? ''}`.trimEnd())
}
