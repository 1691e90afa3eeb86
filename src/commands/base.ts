import { Command } from '@oclif/core/command'
import { explainParsing } from '../cli/bad-arguments.js'
import { fired, interruptSignal, LEAVING_TIME } from '../cli/interrupt-signal.js'
import { endPretence } from '../cli/unnamed-user.js'

/**
 * What every command stands on. `run()` parses, calls one function, prints, and stays pending as long as the program
 * lives; what it throws, cli/main.ts says: a SwarmchatError as its message and hint, with its exit code.
 */
export abstract class BaseCommand extends Command {
  /** Fires at the first Ctrl-C, SIGTERM or SIGHUP, or when nobody sees our output: leave within 2 s. */
  protected readonly interrupted: AbortSignal = interruptSignal(this.leavingTime())

  /** Resolves when `interrupted` fires. */
  protected untilInterrupted(): Promise<void> {
    return fired(this.interrupted)
  }

  /** How many ms leaving may take; then the process ends, whatever is left. */
  protected leavingTime(): number {
    return LEAVING_TIME
  }

  // oclif has been loaded, and needs no more pretence.
  protected override async init(): Promise<void> {
    endPretence()
    await super.init()
  }

  protected override async catch(thrown: Error): Promise<never> {
    const { args = {}, flags = {}, id } = this.ctor
    const name = id.replaceAll(':', ' ')
    throw explainParsing(thrown, { name, args, flags }) ?? thrown
  }
}
