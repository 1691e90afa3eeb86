import ConfigList from './list.js'

export default class ConfigCommand extends ConfigList {
  static override summary = 'Show what is set; change it with config set and unset.'

  static override description =
    `Settings stand in a TOML file, in general and under [rooms.<name>] for single rooms. What a flag says counts over the
environment (SWARMCHAT_ and the name in capitals), that over the file.`

  static override examples = [
    '<%= config.bin %> config',
    '<%= config.bin %> config set nick ada',
    '<%= config.bin %> config set bell all --room builds',
    '<%= config.bin %> config unset bell --room builds',
    '<%= config.bin %> config get network',
    '$EDITOR "$(<%= config.bin %> config path)"'
  ]
}
