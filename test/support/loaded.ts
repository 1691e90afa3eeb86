import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Script {
  readonly url: string
  readonly functions: readonly {
    readonly functionName: string
    readonly ranges: readonly { readonly count: number }[]
  }[]
}

/** Modules of dist/ that programs which ended with NODE_V8_COVERAGE ran, by the paths of their sources: V8 knows. */
export function readRun(directory: string): string[] {
  const scripts = readdirSync(directory).flatMap(
    (name): Script[] => JSON.parse(readFileSync(join(directory, name), 'utf8')).result
  )
  return scripts
    .filter(({ url }) => url.includes('/dist/'))
    .flatMap(({ functions }) => functions)
    .filter(({ ranges }) => ranges[0]?.count)
    .map(({ functionName }) => functionName)
    .filter(name => /^(src|node_modules)\//.test(name))
}
