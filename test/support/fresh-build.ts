import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Throws if the build in dist/ is missing, or older than a source file: tests of it would judge another program. */
export function requireFreshBuild(root: string): void {
  const built = statSync(join(root, 'dist/index.js'), { throwIfNoEntry: false })?.mtimeMs
  if (built === undefined) throw new Error('There is no build to test: npm run build')
  const src = join(root, 'src')
  const changed = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .find(name => statSync(join(src, name)).mtimeMs > built)
  if (changed !== undefined) {
    throw new Error(`The build is older than src/${changed}: npm run build`)
  }
}
