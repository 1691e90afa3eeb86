import { SwarmchatError } from '../../base/errors.js'

/** A TCP port of a machine. */
export interface TcpAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
}

/** BAD_TCP_ADDRESS: this is no TCP port. */
const badTcpAddress = (text: string, reason: string) =>
  new SwarmchatError('BAD_TCP_ADDRESS', `"${text}" is not a TCP address: ${reason}.`, {
    hint: 'Give a port of this machine, or a host and a port, for example: 127.0.0.1:22'
  })

const ADDRESS = /^(?:(?<host>[^:[\]\s]+|\[(?<v6>[0-9a-f:.]+)\]):)?(?<port>[0-9]+)$/i

/** Reads `port`, `host:port` or `[ipv6]:port`; the host is 127.0.0.1 if none is given. Throws BAD_TCP_ADDRESS. */
export function parseTcpAddress(text: string): TcpAddress {
  const groups = ADDRESS.exec(text.trim())?.groups
  if (groups === undefined) throw badTcpAddress(text, 'it has to end with a port')
  const port = Number(groups.port)
  if (port > 65_535) throw badTcpAddress(text, 'a port is a number from 0 to 65535')
  return { host: groups.v6 ?? groups.host ?? '127.0.0.1', port }
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatTcpAddress({ host, port }: TcpAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
