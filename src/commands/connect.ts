import { string } from '@oclif/core/args'
import { runConnect } from '../pipe/connect.js'
import { formatKey, parseKey } from '../pipe/key.js'
import { keyNameFlag, keyPairNamed } from './key-flags.js'
import { networkFlags } from './network-flags.js'
import { PipeCommand } from './pipe-command.js'
import { parseRelays, relayFlag } from './relay-flags.js'

export default class Connect extends PipeCommand {
  static override summary = 'Connect standard input and output to a peer by its public key.'
  static override description =
    `The peer is swarmchat listen, or any other HyperDHT server. The connection is encrypted end to end, and bytes pass
unchanged.

Ends when both sides have ended. Exit code 1: nobody answered, or the connection broke. 130: Ctrl-C.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> 3f5c…',
    '<%= config.bin %> <%= command.id %> 3f5c… | tar x'
  ]

  static override args = {
    key: string({ required: true, ignoreStdin: true, description: 'the public key: 64 hex digits' })
  }

  static override flags = { ...keyNameFlag, ...networkFlags, ...relayFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Connect)
    const publicKey = parseKey(args.key)
    const relays = parseRelays(flags.relay)
    const keyPair = keyPairNamed(flags['key-name'])
    if (flags['key-name']) this.notice(`connecting as: ${formatKey(keyPair.publicKey)}`)
    await this.onNetworks(flags, (networks, ends) =>
      runConnect(networks, { publicKey, keyPair, relays, signal: this.interrupted }, ends)
    )
  }
}
