import { describe, expect, test } from 'vitest'
import type { IdentityKey, PeerKey } from '../../../src/base/ids.js'
import { Admission } from '../../../src/protocol/broadcast/admission.js'
import type { KnownAuthors } from '../../../src/protocol/history/known-authors.js'
import { Link } from '../../../src/protocol/links/link.js'
import { AuthorBudgets } from '../../../src/protocol/links/traffic.js'
import type { Claim } from '../../../src/protocol/wire/glance.js'
import { KIND_DELETION, KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { idOf } from '../../support/peers.js'

const BYTES = 100
let count = 0

/** Whoever says something has said nothing before, and nobody is settled. */
const NEW_AUTHORS: Pick<KnownAuthors, 'knows' | 'budgetsOf' | 'isSettled' | 'hasSettled'> = {
  knows: () => true,
  budgetsOf: () => new AuthorBudgets(),
  isSettled: () => false,
  hasSettled: false
}

function freshLink(now: number): Link {
  const peer = idOf<PeerKey>(`peer ${++count}`)
  return new Link({ peer, handshakeHash: new Uint8Array(64), initiator: false }, count, now)
}

function claim(kind = KIND_TEXT): Claim {
  return { author: idOf<IdentityKey>(`author ${++count}`), kind, clock: 1 } as Claim
}

interface Said {
  readonly bytes?: number
  readonly kind?: number
}

/** How many of so many messages that come over this link are let pass. */
function passed(
  admission: Admission,
  link: Link,
  messages: number,
  now: number,
  { bytes = BYTES, kind }: Said = {}
): number {
  let all = 0
  for (let n = 0; n < messages; n++) {
    const said = { ...claim(kind), sealed: new Uint8Array(bytes) }
    const seen = admission.look(said, bytes, link, now)
    if (!seen.isOver && admission.admit(said as never, link, now, seen) !== undefined) all += 1
  }
  return all
}

/** What all fresh links have in common is used up. */
function besieged(): Admission {
  const admission = new Admission(NEW_AUTHORS as KnownAuthors)
  for (let n = 0; n < 3; n++) passed(admission, freshLink(0), 4_000, 0)
  return admission
}

describe('when others have brought what all fresh links may', () => {
  test('a fresh link may bring a little', () => {
    expect(passed(besieged(), freshLink(0), 100, 0)).toBe(50)
  })

  test('a new link for each flood gains little', () => {
    const admission = besieged()
    let all = 0
    for (let n = 0; n < 300; n++) all += passed(admission, freshLink(0), 60, 0)
    expect(all).toBeLessThanOrEqual(64 * 50)
  })

  test('whoever comes while there is a new link for each flood soon may bring a little', () => {
    const admission = besieged()
    for (let n = 0; n < 300; n++) passed(admission, freshLink(0), 60, 0)
    const link = freshLink(0)
    passed(admission, link, 1, 0)
    for (let at = 1; at <= 2_000; at += 10) passed(admission, freshLink(at), 60, at)
    expect(passed(admission, link, 100, 2_000)).toBeGreaterThanOrEqual(3)
  })
})

test('deletions, of which each names up to 64 messages that are remembered, are let pass as if they were four times as long', () => {
  const bytes = 2_300
  const newAdmission = () => new Admission(NEW_AUTHORS as KnownAuthors)
  const texts = passed(newAdmission(), freshLink(0), 3_000, 0, { bytes })
  const deletions = passed(newAdmission(), freshLink(0), 3_000, 0, { bytes, kind: KIND_DELETION })
  const short = passed(newAdmission(), freshLink(0), 3_000, 0, {
    bytes: BYTES,
    kind: KIND_DELETION
  })
  expect(texts).toBe(Math.floor(4_194_304 / bytes))
  expect(deletions).toBe(Math.floor(4_194_304 / (4 * bytes)))
  expect(short).toBe(2_550)
})
