// A part of the bundle.
import { readFileSync } from 'node:fs'

/** Packages with a binary, which they look for beside their file binding.js. */
const NATIVE = ['classic-level', 'fs-native-extensions', 'sodium-native', 'udx-native']
const BINDING = new RegExp(`[\\\\/]node_modules[\\\\/](${NATIVE.join('|')})[\\\\/]binding\\.js$`)

/** Where each of them is when the bundle runs. */
const placeOf = name => `${name}/binding.js`

/**
 * The JavaScript of packages with a binary, 70 files that take longer to find than to run, is bundled as well: what says where the
 * binary is asks Node where the package is.
 */
export const nativeParts = {
  name: 'native-parts',
  setup(builder) {
    builder.initialOptions.external = NATIVE.map(placeOf)
    builder.onLoad({ filter: BINDING }, ({ path }) => {
      const [, name] = BINDING.exec(path) ?? []
      const file = `require.resolve('${placeOf(name)}')`
      // They would share one `require`, and node-gyp-build takes a loader that it finds there for its own.
      const text = `let addon; ${readFileSync(path, 'utf8')}`
        .replaceAll('require.addon', 'addon')
        .replace('__filename', file)
        .replace('__dirname', `require('node:path').dirname(${file})`)
      return { contents: text, loader: 'js' }
    })
  }
}
