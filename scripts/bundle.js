// Writes the JavaScript of dist/: one module instance of everything for all entries, what they share in dist/chunks/. To
// find and read 330 files costs more than to run them. The types are tsc's. A part of the build.
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

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

/** How TypeScript writes `import * as name from 'place'` in CommonJS, and where it names it then. */
const REQUIRE = /^const (\w+_\d+) = ((?:[\w.]*\()?require\("[^"]+"\)\)?);$/gm

/**
 * oclif's files require each other, its help, globs and templates, as they are loaded, and a command that runs uses a tenth of
 * that: each is required where it is first used instead. Files that are written otherwise stay as they are.
 */
const lazyOclif = {
  name: 'lazy-oclif',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const names = [...text.matchAll(REQUIRE)].map(([, name]) => name)
      if (names.length === 0) return undefined
      const name = `(?:${names.join('|')})`
      const lazy = text
        .replace(new RegExp(`\\bnew (${name}(?:\\.\\w+)+)`, 'g'), 'new ($1)')
        .replace(new RegExp(`\\b${name}\\b`, 'g'), '$&()')
        .replace(/^const (\w+)\(\) = (.*);$/gm, 'const $1 = () => ($1.it ??= $2);')
      return { contents: lazy, loader: 'js' }
    })
  }
}

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
  plugins: [lazyOclif],
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
