// Writes the JavaScript of dist/: one module instance of everything for all entries, what they share in dist/chunks/. To
// find and read 330 files costs more than to run them. The types are tsc's. A part of the build.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { commandGroups } from './command-groups.js'
import { lazyOclif } from './lazy-oclif.js'
import { lazyWidth } from './lazy-width.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is imported from outside, or begins a process or a thread. Commands are loaded by src/commands/index.ts. */
const ENTRIES = [
  'index',
  'bot/index',
  'testing/index',
  'program',
  'commands/explicit',
  'bot/runner/script-main',
  'bot/runner/watchdog'
]
/** Packages that look for binaries or other files of their own beside themselves. */
const OUTSIDE = ['classic-level', 'fs-native-extensions', 'jiti', 'sodium-native', 'udx-native']

rmSync(`${root}/dist`, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: ENTRIES.map(name => `src/${name}.ts`),
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.12',
  external: OUTSIDE,
  plugins: [lazyOclif, lazyWidth, commandGroups],
  // Shorter by a third, and so read sooner. Names stay.
  minifyWhitespace: true,
  tsconfig: 'tsconfig.build.json',
  // Where a fault is told (src/cli/source-place.ts) and SWARMCHAT_DEBUG=1 need the lines of the sources, not their text.
  sourcemap: 'linked',
  sourcesContent: false,
  // CommonJS among what is bundled requires Node's own modules.
  banner: {
    js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);"
  },
  logLevel: 'warning'
})
