import { Command } from '@oclif/core/command'
import { codeOf } from '../base/errors.js'
import { explainParsing } from '../cli/bad-arguments.js'
import { fired, LEAVING_TIME, listenForInterruption } from '../cli/interrupt-signal.js'
import { endPretence } from '../cli/unnamed-user.js'

/**
 * What every command stands on. `run()` parses, calls one function, prints, and stays pending as long as the program
 * lives; what it throws, cli/main.ts says: a SwarmchatError as its message and hint, with its exit code.
 */
export abstract class BaseCommand extends Command {
  readonly #interruption = listenForInterruption({
    leavingTime: this.leavingTime(),
    isJob: this.isJob()
  })

  /** Fires at the first Ctrl-C, SIGTERM or SIGHUP, or when nobody sees our output: leave within 2 s. */
  protected readonly interrupted: AbortSignal = this.#interruption.signal

  /** Resolves when `interrupted` fires. */
  protected untilInterrupted(): Promise<void> {
    return fired(this.interrupted)
  }

  /** How many ms leaving may take; then the process ends, whatever is left. */
  protected leavingTime(): number {
    return LEAVING_TIME
  }

  /** False for a command that goes on until it is interrupted; one that is a job has not done it then, and its exit code says so. */
  protected isJob(): boolean {
    return true
  }

  // oclif has been loaded, and needs no more pretence.
  protected override async init(): Promise<void> {
    endPretence()
    await super.init()
  }

  protected override async catch(thrown: Error): Promise<void> {
    if (this.interrupted.aborted && isBreakOff(thrown)) return
    const { args = {}, flags = {}, id } = this.ctor
    const name = id.replaceAll(':', ' ')
    throw explainParsing(thrown, { name, args, flags }) ?? thrown
  }

  protected override async finally(): Promise<void> {
    process.exitCode = this.#interruption.exitCode(Number(process.exitCode ?? 0))
  }
}

/** What is thrown by that which a command waits for, if the command was interrupted. */
function isBreakOff(thrown: Error): boolean {
  return thrown.name === 'AbortError' || codeOf(thrown) === 'GIVEN_UP'
}
