import { string } from '@oclif/core/args'
import { Config } from '@oclif/core/config'
import { bashCompletion } from '../cli/completion/bash.js'
import { fishCompletion } from '../cli/completion/fish.js'
import { shapesOf } from '../cli/completion/shape.js'
import { zshCompletion } from '../cli/completion/zsh.js'
import { packageRoot } from '../home/package-root.js'
import { BaseCommand } from './common/base.js'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const
const SHELLS = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[]

export default class Completion extends BaseCommand {
  static override summary = 'Print what makes a shell complete commands, flags and names of rooms.'

  static override description =
    `The shell reads it when it starts: put one of the lines below into ~/.bashrc, ~/.zshrc (behind compinit) or
~/.config/fish/config.fish. Names of rooms are those that are kept here.`

  static override examples = [
    'source <(<%= config.bin %> completion bash)',
    'source <(<%= config.bin %> completion zsh)',
    '<%= config.bin %> completion fish | source'
  ]

  static override args = {
    shell: string({ required: true, options: SHELLS, description: 'bash, zsh or fish' })
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Completion)
    const { commands } = await Config.load(packageRoot())
    const script = SCRIPTS[args.shell as keyof typeof SCRIPTS]
    this.log(script(shapesOf(commands)).trimEnd())
  }
}
