import { readdirSync, readFileSync } from 'node:fs'
import type { Millis } from '../../src/base/time.js'

/** What the kernel counts in: 100 a second on every Linux that there is. */
const TICK_MILLIS: Millis = 10

/**
 * The processor time that a group of processes has used, those of its children included that have ended. Undefined where
 * there is no /proc.
 */
export function cpuOfGroup(group: number): Millis | undefined {
  try {
    const all = readdirSync('/proc').filter(name => /^\d+$/.test(name))
    return all.reduce((sum, pid) => sum + cpuIn(statOf(pid), group), 0)
  } catch {
    return undefined
  }
}

/** The same of one process, by its `/proc/<pid>/stat`: 0 if it is of another group. */
export function cpuIn(stat: string, group: number): Millis {
  // The name, in brackets, may have blanks and brackets of its own.
  const [, , pgrp, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (Number(pgrp) !== group) return 0
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = rest.slice(8, 12).map(Number)
  return (user + system + childUser + childSystem) * TICK_MILLIS
}

// It may have ended just now.
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
