import { loadIdentity } from '../home/identity.js'
import { BaseCommand } from './base.js'

export default class Whoami extends BaseCommand {
  static override summary = 'Print your identity, and the file that it is kept in.'

  static override description =
    `The identity is the public key that signs your messages: 64 hex digits. It is made on first use and kept in a file
that only you may read, in SWARMCHAT_HOME or the data directory of your platform.`

  static override examples = [
    '<%= config.bin %> whoami',
    'SWARMCHAT_HOME=~/other <%= config.bin %> whoami'
  ]

  async run(): Promise<void> {
    await this.parse(Whoami)
    const { file, key } = loadIdentity()
    this.log(key)
    this.log(file)
  }
}
