import { string } from '@oclif/core/flags'
import { formatKey, parseKey } from '../pipe/key.js'
import { runListen } from '../pipe/listen.js'
import type { Listen as Listening } from '../pipe/listeners.js'
import { runServe } from '../pipe/ports/serve.js'
import { parseTcpAddress } from '../pipe/ports/tcp-address.js'
import { PipeCommand } from './common/pipe-command.js'
import { keyNameFlag, keyPairNamed } from './flags/key-flags.js'
import { type NetworkFlags, networkFlags } from './flags/network-flags.js'
import { parseRelays, relayFlag } from './flags/relay-flags.js'

export default class Listen extends PipeCommand {
  static override summary = 'Connect standard input and output to whoever dials your public key.'
  static override description =
    `Prints a public key on standard error, for swarmchat connect. The connection is encrypted end to end, and bytes pass
unchanged. Several may connect: each line of input goes to all of them.

Ends when the input has ended and everybody has gone, or at Ctrl-C.

With --tcp each connection becomes one to a TCP port that this machine reaches, for instance its SSH server, and standard
input and output are not used. Whoever has the key can connect: name them with --allow, or keep the key to yourself.`

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    'tar c photos | <%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --key-name backup --allow 3f5c…',
    '<%= config.bin %> <%= command.id %> --key-name ssh --tcp 127.0.0.1:22'
  ]

  static override flags = {
    ...keyNameFlag,
    allow: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY',
      description: 'let only this public key connect; may be given several times'
    }),
    tcp: string({
      helpValue: 'HOST:PORT',
      description: 'connect whoever dials to this TCP port [default host: 127.0.0.1]'
    }),
    ...networkFlags,
    ...relayFlag
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Listen)
    const allow = new Set((flags.allow ?? []).map(key => formatKey(parseKey(key))))
    const relays = parseRelays(flags.relay)
    const keyPair = keyPairNamed(flags['key-name'])
    const target = flags.tcp === undefined ? undefined : parseTcpAddress(flags.tcp)
    const key = formatKey(keyPair.publicKey)
    let told = false
    const listening = () => {
      if (!told) this.notice(`listening: ${key}\nconnect with: ${connectLine(key, flags)}`)
      told = true
    }
    const listen: Listening = { keyPair, allow, relays, signal: this.interrupted, listening }
    await this.onNetworks(flags, (networks, ends) =>
      target === undefined
        ? runListen(networks, listen, ends)
        : runServe(networks, { ...listen, target, notice: ends.notice })
    )
  }

  protected override isJob(): boolean {
    return false
  }
}

function connectLine(
  key: string,
  { network, bootstrap, tcp }: NetworkFlags & { readonly tcp?: string | undefined }
): string {
  const flag = network ? ` --network ${network}` : bootstrap ? ` --bootstrap ${bootstrap}` : ''
  return `swarmchat connect${flag} ${key}${tcp === undefined ? '' : ' --tcp <port>'}`
}
