import { string } from '@oclif/core/args'
import { revokeTicket } from '../../room/admission/tickets.js'
import { ticketLine } from '../../ui/tickets.js'
import { BaseCommand } from '../common/base.js'

export default class InviteRevoke extends BaseCommand {
  static override summary = 'Let nobody in by an invitation any more.'

  static override description =
    `Who has come by it stays: to lock somebody out, make a new room. Your other devices, and members if any of them lets in,
hear of it from a chat of yours in the room. A link without --uses, --expires and --anyone cannot be revoked.`

  static override examples = ['<%= config.bin %> invite revoke 4f1c']

  static override args = {
    id: string({ required: true, description: 'its first digits, as swarmchat invite list shows' })
  }

  async run(): Promise<void> {
    const { args } = await this.parse(InviteRevoke)
    this.log(ticketLine(revokeTicket(args.id.toLowerCase())))
  }
}
