import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { join } from 'node:path'
import { codeOf, messageOf, SwarmchatError } from '../base/errors.js'
import { refuseOpenDirectory } from '../home/directory.js'
import { readIfThere, replaceFile } from '../home/files.js'
import type { Address } from '../swarm/dht/types.js'

/** What bootstrap nodes keep from one run to the next. */
export interface BootstrapMemory {
  /** 32 bytes in hex digits: who the first node is. */
  readonly seed: string
  readonly hosts: readonly string[]
  readonly port: number
  /** Nodes of others: asked first after a restart. */
  readonly known: readonly Address[]
}

const FILE = 'bootstrap.json'
/** Most nodes read from the file. BOUNDED: this. */
const MAX_KNOWN = 64

/** BAD_DATA_DIR: the directory, or what is kept in it, cannot be used; it is left as it is. */
const badDataDir = (directory: string, reason: string, cause?: unknown) =>
  new SwarmchatError('BAD_DATA_DIR', `The data directory ${directory} cannot be used: ${reason}.`, {
    hint: `Give a directory that you may write with --data-dir; or move ${FILE} away to begin anew.`,
    cause
  })

/** A new seed. */
export function newSeed(): string {
  return randomBytes(32).toString('hex')
}

/** What an earlier run has kept there; undefined where there was none. Throws BAD_DATA_DIR. */
export function recall(directory: string): BootstrapMemory | undefined {
  const text = read(directory)
  if (text === undefined) return undefined
  const memory = parse(text)
  if (memory === undefined) throw badDataDir(directory, `${FILE} is damaged`)
  return memory
}

/** Keeps this there, at once and whole, for its owner's eyes; makes the directory, not those above it. Throws BAD_DATA_DIR. */
export function remember(directory: string, memory: BootstrapMemory): void {
  const file = join(directory, FILE)
  try {
    makeDirectory(directory)
    refuseOpenDirectory(directory)
    replaceFile(file, `${JSON.stringify(memory, null, 2)}\n`)
  } catch (thrown) {
    throw badDataDir(directory, messageOf(thrown), thrown)
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown
  }
}

function read(directory: string): string | undefined {
  try {
    return readIfThere(join(directory, FILE))
  } catch (thrown) {
    throw badDataDir(directory, messageOf(thrown), thrown)
  }
}

function parse(text: string): BootstrapMemory | undefined {
  try {
    const { hosts, known, port, seed } = JSON.parse(text) as Record<string, unknown>
    if (typeof seed !== 'string' || !/^[0-9a-f]{64}$/.test(seed) || !isPort(port)) return undefined
    if (!Array.isArray(hosts) || !hosts.every(isHost) || hosts.length === 0) return undefined
    return { seed, hosts, port, known: readKnown(known) }
  } catch {
    return undefined
  }
}

function readKnown(known: unknown): Address[] {
  return Array.isArray(known) ? known.slice(0, MAX_KNOWN).filter(isAddress) : []
}

function isAddress(value: unknown): value is Address {
  if (typeof value !== 'object' || value === null) return false
  const { host, port } = value as Record<string, unknown>
  return isHost(host) && isPort(port)
}

function isHost(host: unknown): host is string {
  return typeof host === 'string' && isIPv4(host)
}

function isPort(port: unknown): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535
}
