import { fileURLToPath } from 'node:url'
import { Cli, newHome, PROGRAM } from '../../support/cli.js'
import { Namespace } from './namespace.js'
import type { Segment } from './segment.js'

const DEVICE = 'eth0'
const PEER = fileURLToPath(new URL('./room-peer.mjs', import.meta.url))
// The guard of the other tests ends a process that leaves loopback; here nothing leads out of the laboratory.
const NO_GUARD = { NODE_OPTIONS: '' }

/** A machine in the laboratory. It runs the built program. */
export class Host {
  readonly namespace: Namespace
  /** Where identity and rooms of whoever uses it are kept. */
  readonly home = newHome()
  readonly #environment: Readonly<Record<string, string>>
  readonly #running: Cli[] = []
  #address: string

  /** `environment`: for all programs that are started here. */
  constructor(name: string, at: Segment, environment: Readonly<Record<string, string>> = {}) {
    this.namespace = new Namespace(name)
    this.#environment = environment
    this.#address = at.attach(this.namespace, DEVICE).address
  }

  /** Its address where it is plugged in. */
  get address(): string {
    return this.#address
  }

  /** Starts swarmchat with these arguments; ended with the laboratory. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Cli {
    return this.#run(args, environment, PROGRAM)
  }

  /** Starts a member that tells which way its connections run: room-peer.mjs, with the sources. */
  peer(nick: string, bootstrap: string, ...more: readonly string[]): Cli {
    return this.#run([nick, bootstrap, ...more], {}, PEER)
  }

  /** `swarmchat join <room> --json`, called like the host's end of the name. */
  join(room: string, nick: string, ...flags: readonly string[]): Cli {
    return this.start(['join', room, '--json', '--nick', nick, ...flags])
  }

  /** Pulls its cable, or plugs it in again. */
  setLink(on: boolean): void {
    this.namespace.ip('link', 'set', DEVICE, on ? 'up' : 'down')
  }

  /** Carries it to another network: Wi-Fi to phone. */
  moveTo(segment: Segment): void {
    this.namespace.ip('link', 'delete', DEVICE)
    this.#address = segment.attach(this.namespace, DEVICE).address
  }

  /** Loses this share of the packets that arrive, from 0 to 1. */
  lose(share: number): void {
    const random = ['-m', 'statistic', '--mode', 'random', '--probability', String(share)]
    this.namespace.iptables('-A', 'INPUT', '-i', DEVICE, ...random, '-j', 'DROP')
  }

  /** Drops everything from and to this address. */
  block(address: string): void {
    this.namespace.iptables('-A', 'INPUT', '-s', address, '-j', 'DROP')
    this.namespace.iptables('-A', 'OUTPUT', '-d', address, '-j', 'DROP')
  }

  /** Bytes that have left and entered so far, of all programs together; of its loopback, where told. */
  traffic(device: string = DEVICE): { readonly out: number; readonly in: number } {
    const [link] = JSON.parse(this.namespace.ip('-j', '-s', 'link', 'show', device))
    return { out: link.stats64.tx.bytes, in: link.stats64.rx.bytes }
  }

  #run(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    program: string
  ): Cli {
    const env = { SWARMCHAT_HOME: this.home, ...NO_GUARD, ...this.#environment, ...environment }
    const cli = new Cli(args, env, this.namespace.entrance, program)
    this.#running.push(cli)
    return cli
  }

  /** Ends everything that was started here. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(cli => cli.kill()))
  }
}
