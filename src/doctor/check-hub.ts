import { asSentence } from '../base/sentence.js'
import { checkLocalHub } from '../swarm/hub/hub-check.js'
import { LOCAL_PORT, type NetworkSpec } from '../swarm/networks/network.js'
import type { Finding } from './finding.js'

/** Whether the hub of the local network is there, or could be run; where that network is used at all. */
export async function checkHub(spec: NetworkSpec): Promise<Finding> {
  if (spec.mode !== 'auto' && spec.mode !== 'local') return notNeeded(spec.mode)
  const { localPort: port = LOCAL_PORT } = spec
  const found = await checkLocalHub(port)
  const about = { check: 'hub', facts: { port, hub: found.state } } as const
  if (found.state === 'taken') {
    const { hint, message } = found.problem
    return { ...about, state: 'failed', text: asSentence(message), hint: asSentence(hint) }
  }
  if (found.state === 'running' && isSomebodyElse(found.owner)) return foreignHub(port, found.owner)
  const text =
    found.state === 'free'
      ? `The local hub can be run on port ${port}.`
      : `Another swarmchat of this machine runs the local hub on port ${port}, and it works.`
  return { ...about, state: 'ok', text, hint: '' }
}

function isSomebodyElse(owner: number | undefined): owner is number {
  return owner !== undefined && owner !== process.getuid?.()
}

function foreignHub(port: number, owner: number): Finding {
  return {
    check: 'hub',
    facts: { port, hub: 'running', owner },
    state: 'warning',
    text: `Another user of this machine (id ${owner}) runs the local hub on port ${port}.`,
    hint: 'That user could hide members from each other, but not read what is said. To avoid that, use another port: SWARMCHAT_LOCAL_PORT=28788.'
  }
}

function notNeeded(mode: string): Finding {
  const text = `The ${mode} network does not use the hub of this machine.`
  return { check: 'hub', state: 'skip', text, hint: '' }
}
