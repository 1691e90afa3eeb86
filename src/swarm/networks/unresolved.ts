import { lookup } from 'node:dns/promises'
import { isIPv4 } from 'node:net'
import { codeOf, messageOf, SwarmchatError } from '../../base/errors.js'
import type { Address } from '../dht/hyperdht.js'

/** A name that the system finds no IPv4 address for, and what it says: ENOTFOUND, EAI_AGAIN. */
export interface Unresolved {
  readonly host: string
  readonly code: string
}

type Resolve = (host: string) => Promise<unknown>

/** NAME_NOT_FOUND: a bootstrap node's name has no address. A state, not thrown. */
export const nameNotFound = ({ code, host }: Unresolved) =>
  new SwarmchatError('NAME_NOT_FOUND', `offline: the name ${host} cannot be resolved (${code})`, {
    hint:
      code === 'ENOTFOUND'
        ? 'Is it written right? An IPv4 address needs no name server.'
        : 'Does this machine reach a name server? An IPv4 address needs none.',
    exitCode: 1
  })

/** Those of the names that cannot be resolved, each once. May take as long as the system's name servers. */
export async function unresolved(
  addresses: readonly Address[],
  resolve: Resolve = host => lookup(host, { family: 4 })
): Promise<Unresolved[]> {
  const hosts = new Set(addresses.map(({ host }) => host).filter(host => !isIPv4(host)))
  const found = await Promise.all([...hosts].map(host => tryTo(resolve, host)))
  return found.filter(failure => failure !== undefined)
}

async function tryTo(resolve: Resolve, host: string): Promise<Unresolved | undefined> {
  try {
    await resolve(host)
    return undefined
  } catch (thrown) {
    return { host, code: codeOf(thrown) ?? messageOf(thrown) }
  }
}
