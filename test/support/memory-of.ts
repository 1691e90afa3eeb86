import { readFileSync } from 'node:fs'

/** What a program holds, in MB of 1,024 KiB (Linux): now, and at most until now. */
export function memoryOf(pid: number | undefined): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]) / 1_024
  return { now: of('VmRSS'), most: of('VmHWM') }
}
