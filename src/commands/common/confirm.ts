import { SwarmchatError } from '../../base/errors.js'
import { readFirstLine } from '../../cli/input.js'
import { standardStreams } from '../../cli/streams.js'

/** NOT_CONFIRMED: nobody said yes to what cannot be undone. Exit code 1. */
export const notConfirmed = () =>
  new SwarmchatError('NOT_CONFIRMED', 'Nothing was changed.', {
    hint: 'Answer y, or give --yes.',
    exitCode: 1
  })

/** True if somebody on a terminal answers yes; without a terminal nobody does. Rejects when the signal fires. */
export async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  const { stderr, stdin } = process
  if (!stdin.isTTY) return false
  standardStreams.ownInput(stdin)
  stderr.write(`${question} [y/N] `)
  return /^y(es)?$/i.test((await readFirstLine(stdin, signal)).trim())
}
