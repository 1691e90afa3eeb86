import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { codeOf } from '../base/errors.js'
import { createFile, readIfThere } from './files.js'

/** A lock that is held. It falls to the next process by itself when its holder is killed. */
export interface Lock {
  release(): void
}

/**
 * Takes the lock, or says undefined at once where a living process (this one included) has it. A dead holder's lock is
 * taken over without waiting; of several processes that try at once exactly one gets it. Holders are told by process id
 * and start time, so all must share one machine and one process id space.
 */
export function tryLock(file: string): Lock | undefined {
  const mine = `${process.pid} ${startTime(process.pid) ?? '-'} ${randomBytes(8).toString('hex')}\n`
  if (!createFile(file, mine) && !takeOver(file, mine)) return undefined
  return { release: () => release(file, mine) }
}

function release(file: string, mine: string): void {
  if (readIfThere(file) === mine) rmSync(file, { force: true })
}

// Taking over is replacing the very text that was found stale. A claim named after that text keeps others from doing
// the same; under the claim nobody else replaces it, so that reading it once more settles the race.
function takeOver(file: string, mine: string): boolean {
  const stale = readIfThere(file)
  if (stale === undefined) return createFile(file, mine)
  if (isAlive(stale)) return false
  const claim = tryLock(`${file}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`)
  if (claim === undefined) return false
  try {
    return readIfThere(file) === stale && replace(file, mine)
  } finally {
    claim.release()
  }
}

function replace(file: string, text: string): true {
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, file)
  return true
}

function isAlive(holder: string): boolean {
  const [pid, started] = holder.trim().split(' ')
  const id = Number(pid)
  if (!Number.isSafeInteger(id) || id <= 0 || !isRunning(id)) return false
  const now = startTime(id)
  return now === undefined || started === '-' || now === started
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM'
  }
}

// Linux only: the start time tells a process from a later one with the same id, and a zombie is as good as gone.
// Elsewhere the id has to do.
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? 'dead' : `${bootId()}:${fields[18]}`
  } catch {
    return undefined
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
}
