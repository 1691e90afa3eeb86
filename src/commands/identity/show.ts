import { boolean } from '@oclif/core/flags'
import { keptIdentity } from '../../home/identity.js'
import { safeJson } from '../../ndjson/codec.js'
import { BaseCommand } from '../common/base.js'

export default class IdentityShow extends BaseCommand {
  static override summary = 'Print your identity, where it is kept, and whether it is locked.'

  static override flags = { json: boolean({ description: 'print it as a JSON object' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(IdentityShow)
    const { file, isLocked: locked, key } = keptIdentity()
    if (flags.json) return this.log(safeJson({ type: 'identity', identity: key, file, locked }))
    this.log(key)
    this.log(file)
    this.log(locked ? 'It is locked: a passphrase opens it.' : 'It is not locked: the file is all.')
  }
}
