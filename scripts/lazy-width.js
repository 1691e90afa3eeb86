// A part of the bundle.
import { readFileSync } from 'node:fs'

const IMPORT = /^import (\w+) from '(string-width)'$/m

/** The patterns of string-width, which plain letters do not need, take longer to load than a prompt takes to be drawn. */
export const lazyWidth = {
  name: 'lazy-width',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]src[\\/]ui[\\/]width\.ts$/ }, ({ path }) => {
      const lazy = "const $1 = (text: string): number => require('$2').default(text)"
      return { contents: readFileSync(path, 'utf8').replace(IMPORT, lazy), loader: 'ts' }
    })
  }
}
