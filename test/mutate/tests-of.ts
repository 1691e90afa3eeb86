import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Folders of tests that look at a folder of src/ from outside. Tests that start the built program see no mutant. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  base: ['test/protocol', 'test/ui', 'test/room'],
  protocol: ['test/protocol', 'test/hostile', 'test/bot/test-room.test.ts'],
  home: ['test/room', 'test/commands'],
  room: ['test/room', 'test/doctor', 'test/ui', 'test/bot'],
  swarm: ['test/swarm', 'test/pipe', 'test/room'],
  ui: ['test/ui', 'test/ndjson', 'test/bot']
}

/** The tests of a source file, nearest first: its own, its folder's, and those that use the folder from outside. */
export function testsOf(file: string): string[][] {
  const own = file.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
  const folder = dirname(file).replace(/^src/, 'test')
  const outside = OUTSIDE[file.split('/')[1] ?? ''] ?? []
  const stages = [[own], [`${folder}/`], [...outside]]
  return stages
    .map(stage => stage.filter(path => existsSync(join(ROOT, path))))
    .filter(stage => stage.length > 0)
}
