import { afterEach, beforeEach } from 'vitest'
import { Cli, newHome } from './cli.js'
import { freePort } from './free-port.js'

/** A local network of its own for every test, and the programs on it, which end with the test. */
export class CliWorld {
  readonly #running: { close(): unknown }[] = []
  /** What programs of this world find in their environment. */
  env: Record<string, string> = {}
  /** The port of its local network. */
  port = 0

  async open(): Promise<void> {
    this.port = await freePort()
    this.env = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: String(this.port) }
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(each => each.close()))
  }

  /** Closes it at the end of the test. */
  add<T extends { close(): unknown }>(closable: T): T {
    this.#running.push(closable)
    return closable
  }

  /** `home`: default a new one. `entrance`: a command line that runs another one. */
  start(
    args: readonly string[],
    env: Record<string, string> = {},
    home = newHome(),
    entrance: readonly string[] = []
  ): Cli {
    const cli = new Cli(args, { ...this.env, SWARMCHAT_HOME: home, ...env }, entrance)
    this.add({ close: () => cli.kill() })
    return cli
  }

  /** Runs a command to its end; `input`: what comes on standard input. */
  async run(
    args: readonly string[],
    env: Record<string, string> = {},
    input: string | Buffer = ''
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const cli = this.start(args, env)
    cli.child.stdin.end(input)
    const code = await cli.exited
    return { code, stdout: cli.lines.join('\n'), stderr: cli.errors.join('\n') }
  }

  /** Somebody who is in the room. */
  async person(nick: string, room = 'lobby'): Promise<Cli> {
    const cli = this.start(['join', room, '--json', '--nick', nick])
    await cli.object('ready')
    return cli
  }
}

/** Such a world for every test of this file. */
export function useCli<T extends CliWorld = CliWorld>(world: T = new CliWorld() as T): T {
  beforeEach(() => world.open())
  afterEach(() => world.close())
  return world
}
