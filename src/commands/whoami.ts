import { boolean } from '@oclif/core/flags'
import { keptIdentity } from '../home/identity.js'
import { safeJson } from '../ndjson/codec.js'
import { BaseCommand } from './common/base.js'

export default class Whoami extends BaseCommand {
  static override summary = 'Print your identity, and the file that it is kept in.'

  static override description =
    `The identity is the public key that signs your messages: 64 hex digits. It is made on first use and kept in a file
that only you may read, in SWARMCHAT_HOME or the data directory of your platform.`

  static override examples = [
    '<%= config.bin %> whoami',
    '<%= config.bin %> whoami --json | jq -r .identity',
    'SWARMCHAT_HOME=~/other <%= config.bin %> whoami'
  ]

  static override flags = { json: boolean({ description: 'print it as a JSON object' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(Whoami)
    const { file, key } = keptIdentity()
    if (flags.json) return this.log(safeJson({ type: 'identity', identity: key, file }))
    this.log(key)
    this.log(file)
  }
}
