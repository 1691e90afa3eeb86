/** Reads a file of the system's as text. */
export type ReadText = (file: string, encoding: 'utf8') => Promise<string>

/** State of a socket that listens (Linux, include/net/tcp_states.h). */
const LISTEN = '0A'
/** 127.0.0.1, byte by byte from behind. */
const LOOPBACK_HEX = '0100007F'

/**
 * The id of the user whose program listens on this TCP port of 127.0.0.1, as Linux tells everybody; undefined where it does
 * not, and on other systems.
 */
export async function ownerOf(port: number, read: ReadText): Promise<number | undefined> {
  const table = await read('/proc/net/tcp', 'utf8').catch(() => '')
  const place = `${LOOPBACK_HEX}:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const socket = table
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .find(([, local, , state]) => local === place && state === LISTEN)
  const uid = socket?.[7]
  return uid !== undefined && /^\d+$/.test(uid) ? Number(uid) : undefined
}
