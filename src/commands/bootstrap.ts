import { integer, string } from '@oclif/core/flags'
import { formatAddress } from '../swarm/addresses.js'
import { startBootstrapNodes } from '../swarm/bootstrap.js'
import { BaseCommand } from './base.js'

export default class Bootstrap extends BaseCommand {
  static override summary = 'Run the DHT nodes of an isolated network.'
  static override description =
    `Runs persistent DHT nodes that others bootstrap from with --bootstrap, and prints the address to hand to them. Give the IPv4
address that the others reach this machine at; on 127.0.0.1 the network is this machine's.

Runs until interrupted.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> --host 192.168.1.20 --port 49737',
    '<%= config.bin %> <%= command.id %> --port 49737'
  ]

  static override flags = {
    host: string({
      default: '127.0.0.1',
      description: 'IPv4 address of this machine that the others reach'
    }),
    port: integer({
      required: true,
      min: 1,
      max: 65535,
      description: 'UDP port of the first node; the others take the ports after it'
    }),
    nodes: integer({
      default: 8,
      min: 1,
      max: 256,
      description: 'how many nodes to run; with fewer than 8 some connections fail'
    })
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Bootstrap)
    const nodes = await startBootstrapNodes({ host: flags.host, port: flags.port }, flags.nodes)
    this.log(`--bootstrap ${formatAddress(nodes.address)}`)
    process.stderr.write(`${nodes.count} DHT nodes are running; Ctrl-C ends them\n`)
    await this.untilInterrupted()
    await nodes.close()
  }
}
