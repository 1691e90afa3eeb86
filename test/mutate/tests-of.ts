import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { Imports } from './imports.js'
import { ROOT } from './tree.js'

/** Folders of tests that look at a folder of src/ from outside. Tests that start the built program see no mutant. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  async: ['test/room/', 'test/swarm/'],
  base: ['test/protocol/', 'test/ui/', 'test/room/'],
  protocol: ['test/protocol/', 'test/hostile/', 'test/bot/test-room.test.ts'],
  home: ['test/room/', 'test/commands/'],
  room: ['test/room/', 'test/doctor/', 'test/ui/', 'test/bot/'],
  store: ['test/room/'],
  swarm: ['test/swarm/', 'test/pipe/', 'test/room/'],
  testing: ['test/bot/', 'test/protocol/'],
  ui: ['test/ui/', 'test/ndjson/', 'test/bot/']
}

const FOLDERS = ['src', 'test', 'examples']
let known: Imports | undefined

/** Tests that are asked together. */
export interface Stage {
  /** Files, the nearest first. */
  readonly tests: readonly string[]
  /** Where they are from, the same for all sources of a folder: what they take without a mutation is measured of all. */
  readonly from: readonly string[]
}

/**
 * The tests of a source file in three stages, each asked only if those before noticed nothing: its own, its folder's, and
 * those that use the folder from outside. Only what reaches the file by imports is among them, the nearest first.
 */
export function testsOf(file: string): Stage[] {
  known ??= new Imports(ROOT, sources())
  return stagesOf(file, known.reaching(file))
}

/** The same, of files of which it is known how far they are from it. */
export function stagesOf(file: string, steps: ReadonlyMap<string, number>): Stage[] {
  const own = file.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
  const folder = `${dirname(file).replace(/^src/, 'test')}/`
  const outside = OUTSIDE[file.split('/')[1] ?? ''] ?? []
  const near = [...steps].filter(([path]) => isTest(path)).sort((a, b) => a[1] - b[1])
  const stages: [test: (path: string) => boolean, from: readonly string[]][] = [
    [path => path === own, [own]],
    [path => path !== own && path.startsWith(folder), [folder]],
    [path => !path.startsWith(folder) && outside.some(each => path.startsWith(each)), outside]
  ]
  return stages
    .map(([isIn, from]) => ({ tests: near.map(([path]) => path).filter(isIn), from }))
    .filter(({ tests }) => tests.length > 0)
}

// What `npm test` does not run is not asked: it takes minutes, or the built program.
function isTest(path: string): boolean {
  return path.endsWith('.test.ts') && !path.endsWith('.long.test.ts')
}

function sources(): string[] {
  const listed = execFileSync('git', ['ls-files', ...FOLDERS], { cwd: ROOT, encoding: 'utf8' })
  return listed.split('\n').filter(file => /\.(?:tsx?|js|mjs)$/.test(file))
}
