import { codeOf, messageOf, SwarmchatError } from '../../base/errors.js'
import { findHub, portTaken } from './hub-client.js'
import { openHub } from './hub-server.js'

/** free: we could run the hub; running: another swarmchat does; taken: neither. */
export type HubCheck =
  | { readonly state: 'free' | 'running' }
  | { readonly state: 'taken'; readonly problem: SwarmchatError }

/** Whether the hub of the local network is there or could be run, tried out. Never rejects. */
export async function checkLocalHub(port: number): Promise<HubCheck> {
  try {
    const home = await findHub({ port }, new AbortController().signal)
    await home.leave()
    return { state: 'running' }
  } catch (thrown) {
    if (codeOf(thrown) !== 'ECONNREFUSED')
      return { state: 'taken', problem: asProblem(port, thrown) }
    return tryToRun(port)
  }
}

async function tryToRun(port: number): Promise<HubCheck> {
  try {
    const home = await openHub({ port })
    await home.leave()
    return { state: 'free' }
  } catch (thrown) {
    return { state: 'taken', problem: asProblem(port, thrown) }
  }
}

function asProblem(port: number, thrown: unknown): SwarmchatError {
  if (thrown instanceof SwarmchatError) return thrown
  if (codeOf(thrown) === 'EADDRINUSE') return portTaken(port, thrown)
  return new SwarmchatError('NO_HUB', `The local hub cannot be run: ${messageOf(thrown)}.`, {
    hint: `Does the system, or a firewall, forbid port ${port} on 127.0.0.1?`,
    cause: thrown
  })
}
