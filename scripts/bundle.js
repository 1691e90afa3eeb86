// Writes the JavaScript of dist/. To find and read hundreds of files costs more than to run them. The types are tsc's. A part of
// the build.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { lazyOclif } from './lazy-oclif.js'
import { lazyWidth } from './lazy-width.js'
import { nativeParts } from './native-parts.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is imported from outside, or begins a process or a thread of a bot: one module instance of everything for all of them. */
const MODULES = [
  'index',
  'bot/index',
  'testing/index',
  'bot/runner/script-main',
  'bot/runner/watchdog'
]
/** The command line: one file, whose compiled code is kept, and what reads that. */
const PROGRAM = ['program', 'start']
/** Packages that look for binaries or other files of their own beside themselves: who imports ours may have them, too. */
const OUTSIDE = ['classic-level', 'fs-native-extensions', 'jiti', 'sodium-native', 'udx-native']

const SHARED = {
  absWorkingDir: root,
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.12',
  // Shorter by a third, and so read sooner. Names stay.
  minifyWhitespace: true,
  tsconfig: 'tsconfig.build.json',
  // Where a fault is told (src/cli/source-place.ts) and SWARMCHAT_DEBUG=1 need the lines of the sources, not their text.
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning'
}
const sourcesOf = names => names.map(name => `src/${name}.ts`)

rmSync(`${root}/dist`, { recursive: true, force: true })
await build({
  ...SHARED,
  entryPoints: sourcesOf(MODULES),
  external: OUTSIDE,
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
  // CommonJS among what is bundled requires Node's own modules.
  banner: {
    js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);"
  }
})
await build({
  ...SHARED,
  entryPoints: sourcesOf(PROGRAM),
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  plugins: [lazyOclif, lazyWidth, nativeParts],
  define: { 'import.meta.url': 'bundledUrl' },
  banner: { js: "const bundledUrl = require('node:url').pathToFileURL(__filename).href;" }
})
