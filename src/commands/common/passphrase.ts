import { codeOf, SwarmchatError } from '../../base/errors.js'
import { standardStreams } from '../../cli/streams.js'
import { identityFile } from '../../home/identity.js'
import { needsPassphrase, openLocked } from '../../home/identity-lock.js'
import { checkPassphrase } from '../../home/passphrase-box.js'
import { isShortPassword } from '../../room/admission/password-strength.js'
import { askSecret } from './ask-secret.js'

/** What opens something that is under a passphrase, and what puts it under one. */
const VARIABLES = { old: 'SWARMCHAT_PASSPHRASE', new: 'SWARMCHAT_NEW_PASSPHRASE' } as const

/** NO_PASSPHRASE: there is nobody to ask for the passphrase. */
const noPassphrase = (why: string, cause?: unknown) =>
  new SwarmchatError('NO_PASSPHRASE', `The passphrase cannot be had: ${why}.`, {
    hint: `Set ${VARIABLES.old} (${VARIABLES.new} for one that is to be made), or use a terminal.`,
    cause
  })

/** BAD_PASSPHRASE: what was typed twice was not the same. */
const notTheSame = () =>
  new SwarmchatError('BAD_PASSPHRASE', 'That was not the same passphrase twice.', {
    hint: 'Try again.'
  })

/** So often a passphrase is asked for that opens nothing. Guess: who has mistyped it twice looks it up. */
const MAX_TRIES = 3

const shortPassphrase = {
  message: 'That passphrase is short.',
  hint: 'Whoever has the file can try passphrases on machines of their own. Five words drawn by lot cannot be found so.'
}

/**
 * Makes the identity in this file one that this program can use; default: that of this home. It is asked for its passphrase
 * if it is locked, three times at most, unless the environment has it, which loses it: what this process starts is not told. Rejects with
 * NO_PASSPHRASE, WRONG_PASSPHRASE, BAD_IDENTITY, OPEN_IDENTITY, NO_HOME, and when the signal fires.
 */
export async function openIdentityOnce(
  signal: AbortSignal,
  file: string = identityFile()
): Promise<void> {
  const given = fromEnvironment('old')
  if (!needsPassphrase(file)) return
  if (given === undefined) await openAsked(file, signal)
  else await openLocked(file, given)
}

async function openAsked(file: string, signal: AbortSignal, tries = MAX_TRIES): Promise<void> {
  try {
    return await openLocked(file, await ask('Passphrase: ', signal))
  } catch (thrown) {
    if (tries === 1 || !(thrown instanceof SwarmchatError) || thrown.code !== 'WRONG_PASSPHRASE')
      throw thrown
    standardStreams.tell(thrown)
  }
  await openAsked(file, signal, tries - 1)
}

/** What an act gives; if it needs the identity, and that is locked, its passphrase is asked for first. Rejects likewise. */
export async function unlocking<T>(signal: AbortSignal, act: () => T): Promise<T> {
  try {
    return act()
  } catch (thrown) {
    if (codeOf(thrown) !== 'IDENTITY_LOCKED') throw thrown
  }
  await openIdentityOnce(signal)
  return act()
}

/** The passphrase of something that exists: of the environment, or asked for. Rejects with NO_PASSPHRASE. */
export async function passphraseOf(what: string, signal: AbortSignal): Promise<string> {
  return fromEnvironment('old') ?? ask(`Passphrase of ${what}: `, signal)
}

/**
 * A passphrase that is to be made: of the environment, or asked for twice. Says on stderr if it is short. Rejects with
 * BAD_PASSPHRASE, NO_PASSPHRASE, and when the signal fires.
 */
export async function newPassphrase(signal: AbortSignal): Promise<string> {
  const passphrase = fromEnvironment('new') ?? (await askTwice(signal))
  checkPassphrase(passphrase)
  if (isShortPassword(passphrase)) standardStreams.tell(shortPassphrase)
  return passphrase
}

async function askTwice(signal: AbortSignal): Promise<string> {
  const first = await ask('New passphrase: ', signal)
  if (first !== (await ask('The same again: ', signal))) throw notTheSame()
  return first
}

function ask(text: string, signal: AbortSignal): Promise<string> {
  return askSecret(text, signal, noPassphrase)
}

// A bot's identity is opened after that of the home whose rooms it is in.
// BOUNDED: by VARIABLES.
const taken = new Map<string, string>()

function fromEnvironment(which: keyof typeof VARIABLES): string | undefined {
  const variable = VARIABLES[which]
  const value = process.env[variable] ?? taken.get(variable)
  delete process.env[variable]
  if (value !== undefined) taken.set(variable, value)
  return value
}
