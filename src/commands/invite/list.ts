import { boolean } from '@oclif/core/flags'
import { safeJson } from '../../ndjson/codec.js'
import { ticketsMade } from '../../room/tickets.js'
import { ticketLine } from '../../ui/tickets.js'
import { BaseCommand } from '../base.js'

export default class InviteList extends BaseCommand {
  static override summary =
    'List the invitations that you let in by: those with --uses or --expires.'

  static override description =
    'Those that were made on this device. A link without --uses and --expires is nowhere kept.'

  static override examples = ['<%= config.bin %> invite list']

  static override flags = { json: boolean({ description: 'one JSON object per line' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(InviteList)
    for (const ticket of ticketsMade())
      this.log(flags.json ? safeJson({ type: 'invitation', ...ticket }) : ticketLine(ticket))
  }
}
