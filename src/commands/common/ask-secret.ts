import { askUnseen } from '../../cli/ask.js'
import { standardStreams } from '../../cli/streams.js'

/** What is said if it cannot be had. */
type Refusal = (why: string, cause?: unknown) => Error

/** What somebody types on the terminal, unseen. Throws what `refuse` makes if there is no terminal, or nothing typed. */
export function askSecret(text: string, signal: AbortSignal, refuse: Refusal): Promise<string> {
  const { stderr, stdin } = process
  if (!stdin.isTTY) throw refuse('standard input is no terminal')
  standardStreams.ownInput(stdin)
  return askUnseen({ text, input: stdin, output: stderr, signal }).catch(thrown => {
    throw signal.aborted ? thrown : refuse('nothing was typed', thrown)
  })
}
