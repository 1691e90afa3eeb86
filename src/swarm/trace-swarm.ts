import type { EventEmitter } from 'node:events'
import type { OnTrace, TraceFields } from '../base/trace.js'
import type { PathKind } from './connections/paths.js'
import type { SwarmEvents } from './swarm-options.js'

/** A swarm, as its trace sees it. */
interface Watched extends Pick<EventEmitter<SwarmEvents>, 'on'> {
  pathTo(publicKey: Uint8Array): PathKind | undefined
}

/** Traces what a swarm tells. */
export function traceSwarm(swarm: Watched, onTrace: OnTrace): void {
  const step = (name: string, fields: TraceFields) => onTrace({ area: 'swarm', name, fields })
  swarm.on('connection', (stream, { client, key }) => {
    step('connected', { peer: key, initiator: client, path: swarm.pathTo(stream.remotePublicKey) })
    stream.once('close', () => step('disconnected', { peer: key }))
  })
  swarm.on('peer', ({ key, standing }) => step('peer-found', { peer: key, standing }))
  swarm.on('dial-failed', ({ key }, { code, network, tookMillis }) =>
    step('dial-failed', { peer: key, code, network, millis: Math.round(tookMillis) })
  )
  swarm.on('ban', ({ key }, { code }) => step('ban', { peer: key, code }))
  swarm.on('network', ({ name, problem }, state) =>
    step('network', { network: name, state, code: problem?.code })
  )
}
