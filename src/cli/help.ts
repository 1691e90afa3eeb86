import type { Command } from '@oclif/core/command'
import { Config } from '@oclif/core/config'
import { CommandHelp, Help } from '@oclif/core/help'
import { packageRoot } from '../home/package-root.js'

type Rows = [string, string | undefined][]

/** The help of one command: oclif's, with paragraphs that are wrapped once, and each default at the end of its line. */
class OneCommandHelp extends CommandHelp {
  protected override arg({ multiple, name, required }: Command.Arg.Any): string {
    const word = multiple === true ? `${name}...` : name
    return required === true ? `<${word}>` : `[${word}]`
  }

  protected override args(args: Command.Arg.Any[]): Rows | undefined {
    return args.length === 0 ? undefined : args.map(arg => [this.arg(arg), arg.description])
  }

  protected override flags(flags: Command.Flag.Any[]): Rows | undefined {
    return super.flags(flags.map(defaultLast))
  }

  // The summary stands above already.
  protected override description(): string | undefined {
    const { description } = this.command
    return description && this.wrap(unwrapped(description))
  }

  // Every line of ours is a command, also where it begins with another program.
  protected override examples(examples: Command.Example[] | string | undefined) {
    return super.examples(examples)?.replace(/^(?!\$|\s*$)/gm, '$ ')
  }

  protected override defaultUsage(): string {
    const { args, flags, id } = this.command
    const words = Object.values(args).map(arg => this.arg(arg))
    return [id, ...words, ...(Object.keys(flags).length === 0 ? [] : ['[flags]'])].join(' ')
  }
}

/** Prints the help of a command. */
export async function showHelp(command: string): Promise<void> {
  const config = await Config.load(packageRoot())
  await new CommandsHelp(config, config.pjson.oclif.helpOptions).showHelp([command])
}

class CommandsHelp extends Help {
  protected override CommandHelpClass = OneCommandHelp

  // A topic is a command here, which is listed already.
  protected override get sortedTopics() {
    return []
  }
}

function defaultLast(flag: Command.Flag.Any): Command.Flag.Any {
  if (flag.type !== 'option' || flag.default === undefined) return flag
  const description = `${flag.description ?? ''} [default: ${flag.default}]`
  return { ...flag, default: undefined, description }
}

function unwrapped(text: string): string {
  return text.replace(/([^\n])\n(?!\n)/g, '$1 ')
}
