import { readFileSync } from 'node:fs'
import { shell } from './shell.js'

// Every namespace is called swl-<process>-<when it started>-<lab>-<host>: so a later run knows whose it is, and whether
// its owner lives, also where the process number was given to somebody else meanwhile.
const NAME = /^swl-(\d+)-(\d+)-/
let labs = 0

/** The beginning of the names of one laboratory, like no other's on this machine. */
export function newPrefix(): string {
  labs += 1
  return `swl-${process.pid}-${startOf(process.pid)}-${labs}`
}

/** The laboratory namespaces whose owner is gone: it was killed before it could tidy up. */
export function orphans(): string[] {
  return namespaces().filter(name => {
    const [, pid, start] = NAME.exec(name) ?? []
    return pid !== undefined && startOf(Number(pid)) !== start
  })
}

/** Ends every process in a namespace, and removes it with all links to it. */
export function removeNamespace(name: string): void {
  for (const pid of shell('ip', 'netns', 'pids', name).split('\n')) {
    if (pid !== '') kill(Number(pid))
  }
  shell('ip', 'netns', 'delete', name)
}

function namespaces(): string[] {
  const lines = shell('ip', 'netns', 'list').split('\n')
  return lines.flatMap(line => line.split(' ')[0] || [])
}

// Clock ticks from the machine's start to the process's; undefined where there is no such process.
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
