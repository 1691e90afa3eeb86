import { isIP, isIPv4 } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { SwarmchatError } from '../../base/errors.js'
import type { Address } from '../dht/types.js'

/** BAD_ADDRESS: this is no `host:port` of an IPv4 address or a DNS name. */
const badAddress = (text: string, reason: string) =>
  new SwarmchatError(
    'BAD_ADDRESS',
    `"${text}" is not the address of a bootstrap node: ${reason}.`,
    {
      hint: 'An address is an IPv4 address or a DNS name and a port, for example: 192.168.1.20:49737'
    }
  )

const DNS_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i
const PORT = /^[1-9][0-9]{0,4}$/

/** Reads `host:port`; throws BAD_ADDRESS. */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':')
  if (colon < 0) throw badAddress(text, 'the port is missing')
  const host = text.slice(0, colon)
  checkHost(text, host)
  return { host, port: parsePort(text, text.slice(colon + 1)) }
}

/** Reads a list of `host:port` with commas between; throws BAD_ADDRESS, also for an empty list. */
export function parseAddresses(text: string): Address[] {
  const parts = text.split(',').map(part => part.trim())
  return parts.filter((part, index) => part !== '' || index === 0).map(parseAddress)
}

/** `host:port`. */
export function formatAddress({ host, port }: Address): string {
  return `${host}:${port}`
}

/** True where the address never leaves this machine. */
export function isLoopback({ host }: Address): boolean {
  return host === 'localhost' || (isIPv4(host) && host.startsWith('127.'))
}

/**
 * False where this machine has no interface with 127.0.0.1: packets to itself lead nowhere. True where the system does not
 * tell.
 */
export function hasLoopback(interfaces: () => Interfaces = networkInterfaces): boolean {
  try {
    return Object.values(interfaces()).some(infos =>
      infos?.some(({ address }) => address === '127.0.0.1')
    )
  } catch {
    return true
  }
}

type Interfaces = NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address'>[]>

function checkHost(text: string, host: string): void {
  if (host === '') throw badAddress(text, 'the host is missing')
  if (host.includes(':') || isIP(host) === 6) throw badAddress(text, 'the DHT has no IPv6')
  if (isIPv4(host)) return
  if (/^[0-9.]+$/.test(host)) throw badAddress(text, `"${host}" is not an IPv4 address`)
  if (!DNS_NAME.test(host))
    throw badAddress(text, `"${host}" is neither an IPv4 address nor a name`)
}

function parsePort(text: string, digits: string): number {
  const port = PORT.test(digits) ? Number(digits) : 0
  if (port < 1 || port > 65535) throw badAddress(text, 'a port is a number from 1 to 65535')
  return port
}
