// Writes oclif.manifest.json: what every command takes, so that none is loaded to find another. A part of the build.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core/config'
import program from '../dist/program.cjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = `${root}/oclif.manifest.json`

/** The commands are not a file of their own that oclif could load. */
class OurPlugin extends Plugin {
  loadCommandsFromTarget() {
    return program.loadCommands()
  }
}

const plugin = new OurPlugin({
  type: 'core',
  root,
  ignoreManifest: true,
  errorOnManifestCreate: true,
  respectNoCacheDefault: true
})
await plugin.load()
writeFileSync(file, `${JSON.stringify(plugin.manifest, null, 2)}\n`)
