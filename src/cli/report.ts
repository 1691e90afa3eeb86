import { constants } from 'node:os'
import { codeOf, messageOf, SwarmchatError } from '../base/errors.js'
import { reasonOf } from '../base/system-errors.js'
import { sourcePlace } from './source-place.js'
import { standardStreams } from './streams.js'

/** SYSTEM: the system refused something that a command needs, for instance one more open file. Exit code 1. */
const systemRefused = (thrown: unknown) =>
  new SwarmchatError('SYSTEM', `swarmchat cannot go on: ${reasonOf(thrown)}.`, {
    hint:
      codeOf(thrown) === 'EMFILE'
        ? 'Allow more open files: ulimit -n 1024'
        : `The system said: ${messageOf(thrown)}`,
    exitCode: 1,
    cause: thrown
  })

/** Says on stderr what went wrong, in a line or two, and returns the exit code. */
export function report(thrown: unknown): number {
  if (thrown instanceof SwarmchatError) return tell(thrown)
  if (isSystemError(thrown)) return tell(systemRefused(thrown))
  standardStreams.tell({
    message: messageOf(thrown),
    hint: `That should not happen${placeOf(thrown)}. For the details, set SWARMCHAT_DEBUG=1`
  })
  if (process.env.SWARMCHAT_DEBUG) console.error(thrown)
  return 1
}

function tell(error: SwarmchatError): number {
  standardStreams.tell(error)
  return error.exitCode
}

// Also what we have no words of our own for.
function isSystemError(thrown: unknown): boolean {
  const code = codeOf(thrown) ?? ''
  return Object.hasOwn(constants.errno, code) || code === 'ERR_SYSTEM_ERROR'
}

// Where it was thrown: what happens once in a hundred runs does not happen again when it is looked for.
function placeOf(thrown: unknown): string {
  const place = thrown instanceof Error ? sourcePlace(thrown) : undefined
  return place === undefined ? '' : ` (${place})`
}
