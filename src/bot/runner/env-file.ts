import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { messageOf, SwarmchatError } from '../../base/errors.js'

/** BAD_ENV_FILE: the file of `--env-file` cannot be read. */
const badEnvFile = (file: string, cause: unknown) =>
  new SwarmchatError('BAD_ENV_FILE', `The file ${file} cannot be read: ${messageOf(cause)}.`, {
    hint: 'Lines of NAME=value, for example: TOKEN=abc',
    cause
  })

/** This process' environment, and what the file adds to it: what is set already stays. Throws BAD_ENV_FILE. */
export function environment(file: string | undefined): NodeJS.ProcessEnv {
  if (file === undefined) return process.env
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env }
  } catch (thrown) {
    throw badEnvFile(file, thrown)
  }
}
