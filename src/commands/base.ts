import { Command } from '@oclif/core/command'
import { fired, interruptSignal, LEAVING_TIME } from './interrupt-signal.js'

/**
 * What every command stands on. `run()` parses, calls one function, prints, and stays pending as long as the program
 * lives; what it throws, bin/run.js prints: a SwarmchatError as its message and hint, with its exit code.
 */
export abstract class BaseCommand extends Command {
  /** Fires at the first Ctrl-C, SIGTERM or SIGHUP: leave within 2 s. A second one ends the process at once. */
  protected readonly interrupted: AbortSignal = interruptSignal(this.leavingTime())

  /** Resolves at the first Ctrl-C, SIGTERM or SIGHUP. */
  protected untilInterrupted(): Promise<void> {
    return fired(this.interrupted)
  }

  /** How many ms leaving may take; then the process ends, whatever is left. */
  protected leavingTime(): number {
    return LEAVING_TIME
  }
}
