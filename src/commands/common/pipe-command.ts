import { isatty } from 'node:tty'
import { type PipeEnds, unblock } from '../../pipe/ends.js'
import { piecesOf } from '../../pipe/pieces.js'
import { isMissed } from '../../swarm/networks/missed.js'
import type { Network } from '../../swarm/networks/network.js'
import { openNetworks } from '../../swarm/networks/open.js'
import { type NetworkFlags, parseNetworkFlags } from '../flags/network-flags.js'
import { BaseCommand } from './base.js'

/** What listen and connect share: networks that are closed at the end, and this process's standard streams. */
export abstract class PipeCommand extends BaseCommand {
  /** Tells a person what happens, on stderr. */
  protected notice(line: string): void {
    process.stderr.write(`${line}\n`)
  }

  /** Does the work on the networks that the flags ask for; closes them whatever comes of it. */
  protected async onNetworks(
    flags: NetworkFlags,
    work: (networks: readonly Network[], ends: PipeEnds) => Promise<void>
  ): Promise<void> {
    const networks = openNetworks(parseNetworkFlags(flags))
    for (const network of networks) this.#tellState(network, networks)
    this.runs()
    try {
      await work(networks, this.#ends())
    } finally {
      await Promise.all(networks.map(network => network.close()))
    }
  }

  #ends(): PipeEnds {
    unblock(process.stdout)
    return {
      input: piecesOf(0),
      typed: isatty(0),
      output: process.stdout,
      notice: line => this.notice(line)
    }
  }

  #tellState(network: Network, all: readonly Network[]): void {
    network.on('state', state => {
      const isNews = state === 'offline' && isMissed(network, all)
      if (isNews) this.notice(`${network.name} network: ${network.problem?.message}`)
    })
  }
}
