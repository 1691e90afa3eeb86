import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Script {
  readonly url: string
  readonly functions: readonly {
    readonly functionName: string
    readonly ranges: readonly { readonly count: number }[]
  }[]
}

/** What programs that ended with NODE_V8_COVERAGE loaded of dist/, and which modules of libraries they ran: V8 knows. */
export function readLoaded(directory: string) {
  const scripts = readdirSync(directory).flatMap(
    (name): Script[] => JSON.parse(readFileSync(join(directory, name), 'utf8')).result
  )
  const ours = scripts.filter(({ url }) => url.includes('/dist/'))
  const run = ours.flatMap(({ functions }) => functions).filter(({ ranges }) => ranges[0]?.count)
  return {
    files: ours.length,
    bytes: ours.reduce((all, { url }) => all + statSync(fileURLToPath(url)).size, 0),
    libraries: new Set(
      run.flatMap(({ functionName }) => /^node_modules\/(.*)\//.exec(functionName)?.[1] ?? [])
    )
  }
}
