import { Session } from 'node:inspector/promises'
import { placeIn } from './describe.js'

/** A thread that does not answer the debugger either is asked no longer than this. */
const MAX_WAIT_MILLIS = 2_000

interface Frame {
  readonly location: { readonly scriptId: string; readonly lineNumber: number }
}

/** The number of the last request: to go on. */
const RESUMED = 3

type Reply =
  | { id: number }
  | { method: 'Debugger.scriptParsed'; params: { scriptId: string; url: string } }
  | { method: 'Debugger.paused'; params: { callFrames: Frame[] } }

/** Where a thread that never yields is, as file and line: the debugger can stop it. Undefined where it cannot tell. */
export async function whereItHangs(script: string): Promise<string | undefined> {
  const session = new Session()
  let timer: NodeJS.Timeout | undefined
  try {
    session.connect()
    const late = new Promise<undefined>(resolve => {
      timer = setTimeout(resolve, MAX_WAIT_MILLIS, undefined)
    })
    const found = firstFrame(session, script)
    await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
    return await Promise.race([found, late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
    session.disconnect()
  }
}

function firstFrame(session: Session, script: string): Promise<string | undefined> {
  // BOUNDED: by the files that the script has loaded.
  const urls = new Map<string, string>()
  const tell = (sessionId: string, id: number, method: string) => {
    const message = JSON.stringify({ id, method })
    void session.post('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(() => {})
  }
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
    tell(sessionId, 1, 'Debugger.enable')
    tell(sessionId, 2, 'Debugger.pause')
  })
  let found: string | undefined
  return new Promise(resolve => {
    session.on('NodeWorker.receivedMessageFromWorker', ({ params: { message, sessionId } }) => {
      const reply: Reply = JSON.parse(message)
      if ('id' in reply) {
        // A thread that is left in the debugger can never be ended: it must have gone on before anybody tries.
        if (reply.id === RESUMED) resolve(found)
      } else if (reply.method === 'Debugger.scriptParsed') {
        urls.set(reply.params.scriptId, reply.params.url)
      } else if (reply.method === 'Debugger.paused') {
        found = placeOf(reply.params.callFrames, urls, script)
        tell(sessionId, RESUMED, 'Debugger.disable')
      }
    })
  })
}

function placeOf(frames: Frame[], urls: Map<string, string>, script: string): string | undefined {
  for (const { location } of frames) {
    const url = urls.get(location.scriptId)
    const isCode = url !== undefined && /^(file:|\/)/.test(url) && !url.includes('/node_modules/')
    if (isCode) return placeIn(url, location.lineNumber + 1, script)
  }
  return undefined
}
