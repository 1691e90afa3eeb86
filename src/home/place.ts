import { realpathSync } from 'node:fs'
import b4a from 'b4a'
import { domain, hash } from '../base/crypto.js'
import { readIfThere } from './files.js'

/**
 * Where Linux keeps what tells machines apart: 32 hex digits, made when the system was installed.
 */
const MACHINE_ID_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'] as const

/**
 * Which machine, and which path on it, a directory is at, as 64 hex digits that tell nothing else:
 * a copy of the directory is at another place. Systems without a machine id are told apart by the
 * path alone, and so are containers, whose volumes are at the same place whichever of them uses it.
 */
export function placeOf(directory: string, machine: string = machineId()): string {
  const parts = [domain('place'), b4a.from(`${machine}\0`), b4a.from(realpathSync(directory))]
  return b4a.toString(hash(parts), 'hex')
}

function machineId(): string {
  for (const file of MACHINE_ID_FILES) {
    const id = readQuietly(file)
    if (id) return id
  }
  return ''
}

function readQuietly(file: string): string {
  try {
    return readIfThere(file)?.trim() ?? ''
  } catch {
    return ''
  }
}
