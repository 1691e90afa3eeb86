// A part of the bundle.
import { readFileSync } from 'node:fs'

/** How TypeScript writes `import * as name from 'place'` in CommonJS, and where it names it then. */
const REQUIRE = /^const (\w+_\d+) = ((?:[\w.]*\()?require\("[^"]+"\)\)?);$/gm

/**
 * oclif's files require each other, its help, globs and templates, as they are loaded, and a command that runs uses a tenth of
 * that: each is required where it is first used instead. Files that are written otherwise stay as they are.
 */
export const lazyOclif = {
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
