import { Command } from '@oclif/core/command'
import { Config } from '@oclif/core/config'
import { codeOf } from '../../base/errors.js'
import { isLink } from '../../base/links.js'
import type { Millis } from '../../base/time.js'
import { explainParsing } from '../../cli/bad-arguments.js'
import { fired, LEAVING_TIME, listenForInterruption } from '../../cli/interrupt-signal.js'
import { endPretence } from '../../cli/unnamed-user.js'
import { packageRoot } from '../../home/package-root.js'

/** What oclif asks of its configuration while a command parses, and no more. */
class BareConfig extends Config {
  constructor() {
    super({ root: packageRoot() })
    this.root = this.options.root
    this.bin = 'swarmchat'
    this.topicSeparator = ' '
  }

  // We have no hooks.
  override async runHook() {
    return { failures: [], successes: [] }
  }
}

/** A room is ready within it, unless the machine is very busy. Guess. */
const SETTLING_MILLIS: Millis = 2_000

type Concrete = new (words: string[], config: Config) => BaseCommand

// A shell takes a link with a space or a line break in it for several words.
async function wholeLinks(words: readonly string[]): Promise<string[]> {
  if (!words.some(isLink)) return [...words]
  const { joinPieces } = await import('../../room/admission/invitation.js')
  return joinPieces(words)
}

/**
 * What every command stands on. `run()` parses, calls one function, prints, and stays pending as long as the program
 * lives; what it throws, cli/main.ts says: a SwarmchatError as its message and hint, with its exit code.
 */
export abstract class BaseCommand extends Command {
  /**
   * Runs it with these words. oclif's own way, `run`, first reads its manifest, twice, and looks for plugins, which only
   * its help needs.
   */
  static async start(this: Concrete, words: readonly string[]): Promise<void> {
    await new this(await wholeLinks(words), new BareConfig())._run()
  }

  /** What may come after its name and makes another command of it: the table of commands says so. */
  static subcommands: readonly string[] = []

  /** To be called, with its way of running, when it has come as far as it was to come quickly; it may take 50 ms. */
  static onwarm: (way: string) => void = () => {}

  readonly #interruption = listenForInterruption({
    leavingTime: this.leavingTime(),
    isJob: this.isJob()
  })

  #way = ''

  /** Fires at the first Ctrl-C, SIGTERM or SIGHUP, or when nobody sees our output: leave within 2 s. */
  protected readonly interrupted: AbortSignal = this.#interruption.signal

  /** Everything runs now: resolves when `interrupted` fires. */
  protected untilInterrupted(): Promise<void> {
    this.runs()
    return fired(this.interrupted)
  }

  /**
   * To be called when all that a command which goes on until it is interrupted has to begin with has begun. `way`: one of few
   * ways in which it can run, if each of them needs other code.
   */
  protected runs(way = ''): void {
    this.#way = way
    setTimeout(() => this.#command.onwarm(way), SETTLING_MILLIS).unref()
  }

  /** How many ms leaving may take; then the process ends, whatever is left. */
  protected leavingTime(): number {
    return LEAVING_TIME
  }

  /** False for a command that goes on until it is interrupted; one that is a job has not done it then, and its exit code says so. */
  protected isJob(): boolean {
    return true
  }

  get #command(): typeof BaseCommand {
    return this.ctor as typeof BaseCommand
  }

  // oclif has been loaded, and needs no more pretence.
  protected override async init(): Promise<void> {
    endPretence()
    await super.init()
  }

  protected override async catch(thrown: Error): Promise<void> {
    if (this.interrupted.aborted && isBreakOff(thrown)) return
    const { args = {}, flags = {}, id, subcommands } = this.#command
    const name = id.replaceAll(':', ' ')
    const areSecret = this.argv.some(isLink)
    throw explainParsing(thrown, { name, args, flags, subcommands, areSecret }) ?? thrown
  }

  protected override async finally(thrown?: Error): Promise<void> {
    if (thrown === undefined) this.#command.onwarm(this.#way)
    process.exitCode = this.#interruption.exitCode(Number(process.exitCode ?? 0))
  }
}

/** What is thrown by that which a command waits for, if the command was interrupted. */
function isBreakOff(thrown: Error): boolean {
  return thrown.name === 'AbortError' || codeOf(thrown) === 'GIVEN_UP'
}
