import { expect, test } from 'vitest'
import type { IdentityKey, PeerKey } from '../../src/base/ids.js'
import { Admission } from '../../src/protocol/broadcast/admission.js'
import { KnownAuthors } from '../../src/protocol/history/known-authors.js'
import { MAX_SETTLED_AUTHORS } from '../../src/protocol/history/tuning.js'
import { Link } from '../../src/protocol/links/link.js'
import { KIND_PRESENCE, KIND_TEXT, KIND_TYPING } from '../../src/protocol/wire/kinds.js'
import { idOf } from '../support/peers.js'

const SETTLING = 11 * 60_000
const BYTES = 250

/** Authors that have been known for long, and a link that is not fresh. */
function settledRoom(names: readonly string[]) {
  const authors = new KnownAuthors(idOf<IdentityKey>('self'), () => {})
  const ids = names.map(name => idOf<IdentityKey>(name))
  const peer = idOf<PeerKey>('eve')
  for (const id of ids) authors.heard(id, peer, authors.budgetsOf(id), 0)
  authors.advance(SETTLING)
  const link = new Link({ peer, handshakeHash: new Uint8Array(64), initiator: false }, 1, 0)
  return { admission: new Admission(authors), ids, link }
}

/** Whether a message that this author says now, over this link, is taken. */
function takes(
  { admission, link }: Pick<ReturnType<typeof settledRoom>, 'admission' | 'link'>,
  author: IdentityKey,
  kind: number,
  now: number,
  bytes = BYTES
): boolean {
  const said = { author, kind, clock: now, sealed: new Uint8Array(bytes) }
  const seen = admission.look(said as never, bytes, link, now)
  const permit = seen.isOver ? undefined : admission.admit(said as never, link, now, seen)
  if (permit !== undefined) admission.charge(permit, said as never, now)
  return permit !== undefined
}

const crowd = Array.from({ length: MAX_SETTLED_AUTHORS - 1 }, (_, n) => `eve ${n}`)

// Spends: as many identities as are remembered, each known for ten minutes, and one link.
// Costs a member: what 2,400 messages a second take to verify, a fifth of a core, and no more over more links but for what each
// of these may bring. Nothing of what another settled author says as people do, three lines in half a minute, is refused.
test('settled authors without end say no more together than can be borne, and refuse nobody else a line', () => {
  const room = settledRoom(['ann', ...crowd])
  const [ann, ...eves] = room.ids as [IdentityKey, ...IdentityKey[]]
  const kinds = [KIND_TEXT, KIND_PRESENCE, KIND_TYPING]
  const strike = (now: number) =>
    kinds
      .map(kind => eves.filter(eve => takes(room, eve, kind, now)).length)
      .reduce((a, b) => a + b)
  // What they may say at once.
  for (let n = 0; n < 4; n++) strike(SETTLING)
  const seconds = 30
  let taken = 0
  for (let second = 1; second <= seconds; second++) {
    const now = SETTLING + 1_000 * second
    taken += strike(now)
    if (second % 10 === 0) expect(takes(room, ann, KIND_TEXT, now)).toBe(true)
  }
  // 1,024 and 2 x 512 reserved, and 300 of the link's own.
  expect(taken / seconds).toBeLessThan(2_400)
})

// Spends: the same. Costs a member: twice as many bytes at most as of short ones, for the longest line is an eighth of what is set apart.
test('settled authors without end refuse nobody else a long line', () => {
  const room = settledRoom(['ann', ...crowd])
  const [ann, ...eves] = room.ids as [IdentityKey, ...IdentityKey[]]
  for (let second = 0; second <= 20; second++) {
    const now = SETTLING + 1_000 * second
    for (let n = 0; n < 3; n++) for (const eve of eves) takes(room, eve, KIND_TEXT, now)
  }
  expect(takes(room, ann, KIND_TEXT, SETTLING + 20_000, 8_500)).toBe(true)
})
