import { readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { messageOf, SwarmchatError } from '../../base/errors.js'
import { readPlainText } from '../../base/plain-text.js'

/** BAD_ENV_FILE: the file of `--env-file` cannot be read. */
const badEnvFile = (file: string, why: string, cause?: unknown) =>
  new SwarmchatError('BAD_ENV_FILE', `The file ${file} cannot be read: ${why}.`, {
    hint: 'Lines of NAME=value in UTF-8, for example: TOKEN=abc',
    cause
  })

/** This process' environment, and what the file adds to it: what is set already stays. Throws BAD_ENV_FILE. */
export function environment(file: string | undefined): NodeJS.ProcessEnv {
  return file === undefined ? process.env : { ...variablesIn(file), ...process.env }
}

function variablesIn(file: string): NodeJS.ProcessEnv {
  const content = readPlainText(bytesOf(file))
  if (!content.ok) throw badEnvFile(file, content.reason)
  return parseEnv(content.text)
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (thrown) {
    throw badEnvFile(file, messageOf(thrown), thrown)
  }
}

/** What is to be said if others can read or change the file, with the secrets in it; undefined if nobody can. */
export function warningAbout(file: string): string | undefined {
  // Windows has no such bits.
  if (process.platform === 'win32') return undefined
  const mode = statSync(file).mode & 0o777
  if ((mode & 0o077) === 0) return undefined
  return `Others on this machine can read or change ${file}. Make it yours alone: chmod 600 '${file}'`
}
