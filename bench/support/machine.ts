import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

const require = createRequire(import.meta.url)

/** What was measured on, and with what. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
  readonly hyperswarm: string
  readonly hyperdht: string
  /** Processes that wanted a core in the last minute, when the benchmark began and ended. */
  readonly load: readonly number[]
}

export function machine(): Omit<Machine, 'load'> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    hyperswarm: versionOf('hyperswarm'),
    hyperdht: versionOf('hyperdht')
  }
}

/** See {@link Machine.load}. */
export function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10
}

export function describe(m: Machine): string {
  return `${m.cores} cores of ${m.cpu}, ${m.memoryGigabytes} GB, ${m.system}, Node ${m.node}, hyperswarm ${m.hyperswarm}, hyperdht ${m.hyperdht}; load average ${m.load.join(' at the start, ')} at the end`
}

function versionOf(name: string): string {
  const manifest: { version?: string } = JSON.parse(
    readFileSync(require.resolve(`${name}/package.json`), 'utf8')
  )
  return manifest.version ?? 'unknown'
}
