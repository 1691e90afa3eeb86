// Exit code 0 if the build is newer than all that it is made of, else 1. npm runs `prepare` after `npm ci`, and once more
// when `npx swarmchat` is first run in the clone: a person waits then, and there is nothing to build.
import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Each stands for all that is in it. A file that is deleted changes its directory. */
const SOURCES = ['src', 'scripts']
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
/** What a build writes, the last of it last. */
const BUILT = ['dist', 'oclif.manifest.json']

const inside = directory =>
  readdirSync(`${root}/${directory}`, { recursive: true }).map(name => `${directory}/${name}`)

/** When it was changed last, ms since 1970; undefined if it is not there. */
const changedAt = name => statSync(`${root}/${name}`, { throwIfNoEntry: false })?.mtimeMs

const [dist, builtAt] = BUILT.map(changedAt)
const isNewer = name => (changedAt(name) ?? 0) > builtAt
const isBuilt = dist !== undefined && builtAt !== undefined
const parts = isBuilt ? [...SOURCES, ...SOURCES.flatMap(inside), ...FILES] : []
process.exitCode = isBuilt && !parts.some(isNewer) ? 0 : 1
