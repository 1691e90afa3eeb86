import { string } from '@oclif/core/args'
import { string as stringFlag } from '@oclif/core/flags'
import { runConnect } from '../pipe/connect.js'
import type { Dial } from '../pipe/dial.js'
import { formatKey, parseKey } from '../pipe/key.js'
import { runForward } from '../pipe/ports/forward.js'
import { formatTcpAddress, parseTcpAddress, type TcpAddress } from '../pipe/ports/tcp-address.js'
import { PipeCommand } from './common/pipe-command.js'
import { keyNameFlag, keyPairNamed } from './flags/key-flags.js'
import { networkFlags } from './flags/network-flags.js'
import { parseRelays, relayFlag } from './flags/relay-flags.js'

export default class Connect extends PipeCommand {
  static override summary = 'Connect standard input and output to a peer by its public key.'
  static override description =
    `The peer is swarmchat listen, or any other HyperDHT server. The connection is encrypted end to end, and bytes pass
unchanged.

Ends when both sides have ended. Exit code 1: nobody answered, or the connection broke. 130: Ctrl-C.

With --tcp it takes connections on a TCP port of this machine instead, and carries each to the port that swarmchat listen
--tcp names at the other side. Without, it is a pipe to that port: ssh -o ProxyCommand='swarmchat connect <key>' host.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> 3f5c…',
    '<%= config.bin %> <%= command.id %> 3f5c… | tar x',
    '<%= config.bin %> <%= command.id %> 3f5c… --tcp 127.0.0.1:2222'
  ]

  static override args = {
    key: string({ required: true, ignoreStdin: true, description: 'the public key: 64 hex digits' })
  }

  static override flags = {
    ...keyNameFlag,
    tcp: stringFlag({
      helpValue: 'HOST:PORT',
      description: 'take TCP connections here [default host: 127.0.0.1; port 0: a free one]'
    }),
    ...networkFlags,
    ...relayFlag
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Connect)
    const publicKey = parseKey(args.key)
    const relays = parseRelays(flags.relay)
    const keyPair = keyPairNamed(flags['key-name'])
    if (flags['key-name']) this.notice(`connecting as: ${formatKey(keyPair.publicKey)}`)
    const local = flags.tcp === undefined ? undefined : parseTcpAddress(flags.tcp)
    const dial: Dial = { publicKey, keyPair, relays, signal: this.interrupted }
    const listening = (address: TcpAddress) =>
      this.notice(`listening: ${formatTcpAddress(address)}`)
    await this.onNetworks(flags, (networks, ends) =>
      local === undefined
        ? runConnect(networks, dial, ends)
        : runForward(networks, { ...dial, local, listening, notice: ends.notice })
    )
  }

  // Known before flags are parsed: a port is there until it is asked to go.
  protected override isJob(): boolean {
    return !this.argv.some(word => /^--tcp(=|$)/.test(word))
  }
}
