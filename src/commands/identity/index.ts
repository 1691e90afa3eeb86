import IdentityShow from './show.js'

export default class IdentityCommand extends IdentityShow {
  static override summary = 'Who you are: keep it, lock it, take it to another machine.'

  static override description =
    `Your identity is a key that signs your messages; whoever has it is you. Write down its 24 words (identity words), or keep
a file (identity export): then another machine of yours can be you as well, at the same time. docs/identity.md tells more.`

  static override examples = [
    '<%= config.bin %> identity',
    '<%= config.bin %> identity words',
    '<%= config.bin %> identity restore',
    '<%= config.bin %> identity export me.json',
    '<%= config.bin %> identity import me.json',
    '<%= config.bin %> identity lock'
  ]
}
