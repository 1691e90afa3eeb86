import { SwarmchatError } from '../../base/errors.js'
import {
  aFunction,
  anObject,
  aString,
  type Check,
  listOf,
  objectOf,
  objectWith
} from '../../base/options.js'

/** BAD_NETWORK: what should be a network, or say which, does not. */
const badNetworks = (reason: string) =>
  new SwarmchatError('BAD_NETWORK', `Those are no networks: ${reason}.`, {
    hint: "Give { mode: 'auto' }, or public, local or lan; { mode: 'isolated', bootstrap: [{ host, port }] }; or what openNetworks gave."
  })

/** Of UDP or TCP. */
export const aPort: Check = value =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535
    ? undefined
    : 'a port from 1 to 65535'

const anAddress = objectWith({ host: aString, port: aPort })

/** A list of the addresses of nodes, each with host and port. */
export const addresses = listOf(anAddress, 'addresses: { host, port }')

const LAN = objectOf({ addresses: aFunction, openMdns: aFunction, bind: aString })
const FIELDS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  auto: { publicBootstrap: addresses, localPort: aPort, lan: LAN },
  public: { publicBootstrap: addresses },
  local: { localPort: aPort },
  lan: { localPort: aPort, lan: LAN },
  isolated: { bootstrap: addresses }
}

/** Checks a specification of networks. Throws BAD_NETWORK. */
export function checkSpec(given: unknown): void {
  const notOne = anObject(given)
  if (notOne !== undefined) throw badNetworks('a specification is an object with a mode')
  const spec = given as Readonly<Record<string, unknown>>
  const mode = String(spec.mode)
  if (!Object.hasOwn(FIELDS, mode)) throw badNetworks(`there is no mode ${mode.slice(0, 32)}`)
  const wrong = objectOf(FIELDS[mode] ?? {})(given)
  if (wrong !== undefined) throw badNetworks(`a specification is ${wrong}`)
  if (mode === 'isolated' && !Array.isArray(spec.bootstrap))
    throw badNetworks('an isolated one has bootstrap nodes')
}

/** Checks networks that are to be open. Throws BAD_NETWORK. */
export function checkOpen(given: unknown): void {
  if (!Array.isArray(given)) throw badNetworks('they are not a list')
  if (given.some(each => objectWith({ on: aFunction, close: aFunction })(each) !== undefined))
    throw badNetworks('something in the list is none')
  if (given.some(({ dht }) => anObject(dht) !== undefined))
    throw badNetworks('something in the list has no DHT node')
}

/** Checks a specification, or a list of open networks. Throws BAD_NETWORK. */
export function checkNetworks(given: unknown): void {
  if (Array.isArray(given)) checkOpen(given)
  else checkSpec(given)
}
