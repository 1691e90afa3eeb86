import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../home/package-root.js'

/** True if the sources run as they are, without a build: in bin/dev.mjs and in tests. */
const IS_SOURCE = import.meta.url.endsWith('.ts')

/** A module of ours that is a file of its own in a build, too: `bot/index`. scripts/bundle.js lists them. */
export function moduleFile(name: string): string {
  return join(packageRoot(), IS_SOURCE ? `src/${name}.ts` : `dist/${name}.js`)
}

/** The file of the module in this directory that a process begins with. */
export function entryFile(name: string): URL {
  return pathToFileURL(moduleFile(`bot/runner/${name}`))
}

/** What Node has to be told to run it. */
export const ENTRY_ARGV: readonly string[] = IS_SOURCE ? ['--import', 'tsx'] : []

/** Starts a thread with the module in this directory. */
export function startThread(name: string, workerData: unknown): Worker {
  const file = entryFile(name)
  if (!IS_SOURCE) return new Worker(file, { workerData })
  // tsx is asked anew in every thread.
  const [module, parent] = [file.href, import.meta.url].map(url => JSON.stringify(url))
  const code = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${module}, ${parent}))`
  return new Worker(code, { eval: true, workerData })
}
