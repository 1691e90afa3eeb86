import sodium from 'sodium-universal'
import { expect, test, vi } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { Inbox } from '../../../src/protocol/broadcast/inbox.js'
import { FRESH_LINK_MILLIS } from '../../../src/protocol/config.js'
import { KnownAuthors } from '../../../src/protocol/history/known-authors.js'
import { Timeline } from '../../../src/protocol/history/timeline.js'
import { Verifier } from '../../../src/protocol/history/verifier.js'
import { Link } from '../../../src/protocol/links/link.js'
import { Turn } from '../../../src/protocol/turn.js'
import type { VerifiedMessage, VerifiedMessages } from '../../../src/protocol/wire/message.js'
import { deviceOf, EPOCH, identityOf, ROOM } from '../../support/harness.js'
import { textOf } from '../../support/hostile.js'

/** A gate of a member that has been here for a while. */
function gate(verified?: VerifiedMessages) {
  const room = { ...ROOM, verified }
  const [turn, timeline, self] = [new Turn(), new Timeline(), identityOf('self')]
  turn.begin(2 * FRESH_LINK_MILLIS, EPOCH)
  const authors = new KnownAuthors(self, () => {})
  const verifier = new Verifier({ turn, room, timeline, authors, self, onforged: () => {} })
  const parts = {
    turn,
    room,
    timeline,
    authors,
    verifier,
    wasAsked: () => false,
    exceptions: { isUrgent: () => false, isForUs: () => false, heeds: () => false }
  }
  return new Inbox(parts)
}

function linkTo(name: string): Link {
  const options = { peer: deviceOf(name), handshakeHash: new Uint8Array(64), initiator: false }
  return new Link(options, 1, 0)
}

// Spends: 3,000 messages in ann's name that she did not sign, more than an author may say at once.
test('what is forged in the name of somebody uses up nothing of what that one may say [M54]', () => {
  const inbox = gate()
  const [eve, bob] = [linkTo('eve'), linkTo('bob')]
  expect(inbox.take(textOf('ann', 'known').sealed, 'pushed', bob).type).toBe('new')
  const { sealed } = textOf('ann', 'x'.repeat(500))
  for (let n = 0; n < 3_000; n++) {
    const forged = Uint8Array.from(sealed)
    forged.set([n >> 8, n & 255], 59)
    expect(inbox.take(forged, 'pushed', eve).type).toBe('forged')
  }
  expect(inbox.take(textOf('ann', 'mine').sealed, 'pushed', bob).type).toBe('new')
})

test('members of one process check once what they have all got, and all of what is not the same to the last byte', () => {
  const verified = new Map<MessageId, VerifiedMessage>()
  const [first, second] = [gate(verified), gate(verified)]
  const { sealed } = textOf('ann', 'to both')
  const check = vi.spyOn(sodium, 'crypto_sign_verify_detached')
  const given = [first, second].map(inbox => inbox.take(sealed, 'pushed', linkTo('bob')))
  expect(given.map(({ type }) => type)).toEqual(['new', 'new'])
  expect(check).toHaveBeenCalledTimes(1)
  const altered = Uint8Array.from(sealed)
  altered.set([altered.at(-1) === 0 ? 1 : 0], altered.byteLength - 1)
  expect(second.take(altered, 'pushed', linkTo('bob')).type).toBe('forged')
  check.mockRestore()
})
