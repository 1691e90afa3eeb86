import { codeOf, type SwarmchatError } from '../../base/errors.js'
import { findHub, hubProblem } from './hub-client.js'
import { openHub } from './hub-server.js'
import { hasLoopback, noLoopback } from './loopback.js'

/** free: we could run the hub; running: another swarmchat does; taken: neither. */
export type HubCheck =
  | { readonly state: 'free' | 'running' }
  | { readonly state: 'taken'; readonly problem: SwarmchatError }

/** Whether the hub of the local network is there or could be run, tried out. Never rejects. */
export async function checkLocalHub(port: number): Promise<HubCheck> {
  if (!hasLoopback()) return { state: 'taken', problem: noLoopback() }
  try {
    const home = await findHub({ port }, new AbortController().signal)
    await home.leave()
    return { state: 'running' }
  } catch (thrown) {
    if (codeOf(thrown) !== 'ECONNREFUSED')
      return { state: 'taken', problem: hubProblem(port, thrown) }
    return tryToRun(port)
  }
}

async function tryToRun(port: number): Promise<HubCheck> {
  try {
    const home = await openHub({ port })
    await home.leave()
    return { state: 'free' }
  } catch (thrown) {
    return { state: 'taken', problem: hubProblem(port, thrown) }
  }
}
