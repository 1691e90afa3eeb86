import { Session } from 'node:inspector'
import type { Millis } from '../../base/time.js'
import { isTheirs, placeIn } from './describe.js'

/** A thread that waits in a system call does not answer its debugger. It is asked no longer than this. Guess. */
const MAX_WAIT_MILLIS: Millis = 5_000

interface Frame {
  readonly location: { readonly scriptId: string; readonly lineNumber: number }
}

/**
 * Where the main thread of this process is, as file and line: its debugger stops it there, for good. To be called from
 * another thread, if the process is to be ended anyhow. Undefined if that cannot be told.
 */
export function whereItHangs(script: string): Promise<string | undefined> {
  // BOUNDED: by the files that the script has loaded.
  const urls = new Map<string, string>()
  const session = new Session()
  return new Promise(resolve => {
    setTimeout(resolve, MAX_WAIT_MILLIS, undefined)
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
    session.on('Debugger.paused', ({ params }) => resolve(placeOf(params.callFrames, urls, script)))
    session.connectToMainThread()
    session.post('Debugger.enable')
    session.post('Debugger.pause')
  })
}

function placeOf(
  frames: readonly Frame[],
  urls: ReadonlyMap<string, string>,
  script: string
): string | undefined {
  for (const { location } of frames) {
    const url = urls.get(location.scriptId)
    if (url !== undefined && isTheirs(url, script))
      return placeIn(url, location.lineNumber + 1, script)
  }
  return undefined
}
