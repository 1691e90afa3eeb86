import { statSync } from 'node:fs'
import type { Millis } from '../base/time.js'

/** How often a file is looked at. Guess: whoever changes it in another window does not wait for it. */
const LOOK_MILLIS: Millis = 1_000

/**
 * Calls the listener, within a second, when a file has been changed, made, put in the place of another, or deleted since
 * this was called. Keeps no process alive. Gives what ends that.
 */
export function followFile(file: string, onchange: () => void): () => void {
  // fs.watchFile takes its first look later: what is changed before that is not noticed.
  let known = stateOf(file)
  const look = () => {
    const now = stateOf(file)
    if (now === known) return
    known = now
    onchange()
  }
  const looking = setInterval(look, LOOK_MILLIS).unref()
  return () => clearInterval(looking)
}

function stateOf(file: string): string {
  try {
    const { ctimeNs, ino, mtimeNs, size } = statSync(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return 'not to be seen'
  }
}
