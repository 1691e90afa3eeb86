import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, noHome, SwarmchatError } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import { homeDirectory, refuseOpenDirectory } from '../home/directory.js'
import { createFile } from '../home/files.js'
import { keptIdentity } from '../home/identity.js'
import { unreadableSecrets } from '../home/room-secrets.js'
import { PRESENCE_DUE_INTERVALS } from '../protocol/config.js'
import { presenceInterval } from '../protocol/presence/pacer.js'
import type { Finding } from './finding.js'

/** Clocks that differ by less are as good as equal: presences are some seconds old when they come. Guess. */
const CLOCK_TOLERANCE_MILLIS: Millis = 60_000
/** A clock before this was never set: the first release. */
const EARLIEST = Date.UTC(2025, 0)

/** Whether what is to be kept can be kept, and the secrets of private rooms are sound. Leaves no trace; a home that is not there yet is not made. */
export function checkHome(home: string = homeDirectory()): Finding {
  const about = { check: 'home', facts: { home } } as const
  try {
    tryToWrite(home)
    for (const unreadable of unreadableSecrets(home)) throw unreadable
    return { ...about, state: 'ok', text: `The home directory ${home} can be written.`, hint: '' }
  } catch (thrown) {
    const known = thrown instanceof SwarmchatError ? thrown : noHome('directory', home, thrown)
    const { hint, message } = known
    return { ...about, state: 'failed', text: message, hint }
  }
}

/** Whether the identity can be used; none yet is well: it is made on first use. */
export function checkIdentity(home: string = homeDirectory()): Finding {
  const file = join(home, 'identity')
  const about = { check: 'identity', state: 'ok', hint: '' } as const
  if (!existsSync(file))
    return {
      ...about,
      text: 'There is no identity yet; the first join makes one.',
      facts: { file }
    }
  try {
    const { isLocked: locked, key: identity } = keptIdentity(home)
    const text = `The identity in ${file} is sound${locked ? ', and locked' : ''}.`
    return { ...about, text, facts: { file, identity, locked } }
  } catch (thrown) {
    const hint = thrown instanceof SwarmchatError ? thrown.hint : 'Is it a file that you may read?'
    return { ...about, state: 'failed', text: messageOf(thrown), hint, facts: { file } }
  }
}

/**
 * Whether our clock is right, by how far those of members seem to be ahead of it (negative: behind), in ms. `refused`:
 * members were heard whose clocks are so far ahead that their messages are refused.
 */
export function checkClock(ahead: readonly Millis[], refused = false, now = Date.now()): Finding {
  const about = {
    check: 'clock',
    hint: 'Let the system set its clock over the network (NTP).'
  } as const
  if (now < EARLIEST) {
    const text = `The clock says ${new Date(now).toISOString()}, which cannot be right.`
    return { ...about, state: 'failed', text }
  }
  if (ahead.length === 0 && !refused) {
    const text = 'Clock not checked: name a room that has other members.'
    return { ...about, state: 'skip', text, hint: '' }
  }
  const offset = refused ? Number.POSITIVE_INFINITY : median(ahead.map(withoutDelay(ahead.length)))
  const facts = { members: ahead.length, offsetMillis: refused ? null : Math.round(offset) }
  if (Math.abs(offset) <= CLOCK_TOLERANCE_MILLIS) {
    const text = `The clock agrees with those of ${ahead.length} ${ahead.length === 1 ? 'device' : 'devices'} in the room.`
    return { ...about, state: 'ok', text, hint: '', facts }
  }
  return { ...about, state: 'failed', text: `The clock is off: ${describe(offset)}.`, facts }
}

// What was heard was said a while ago, and so makes a clock seem to be behind: by the presence interval of such a room.
function withoutDelay(members: number): (ahead: Millis) => Millis {
  const delay = presenceInterval(members + 1) * PRESENCE_DUE_INTERVALS
  return ahead => (ahead >= 0 ? ahead : Math.min(0, ahead + delay))
}

function describe(offset: Millis): string {
  if (offset === Number.POSITIVE_INFINITY)
    return "members' clocks are more than 5 minutes ahead of it, and their messages are refused"
  const seconds = Math.round(Math.abs(offset) / 1000)
  return `members' clocks are at least ${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} it`
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function tryToWrite(home: string): void {
  if (!existsSync(home)) {
    accessSync(nearest(home), constants.W_OK | constants.X_OK)
    return
  }
  refuseOpenDirectory(home)
  const file = join(home, `.checkup-${randomBytes(4).toString('hex')}`)
  createFile(file, 'swarmchat doctor\n')
  rmSync(file)
}

function nearest(directory: string): string {
  const above = dirname(directory)
  return existsSync(directory) || above === directory ? directory : nearest(above)
}
