import { expect, test } from 'vitest'
import { FRESH_LINK_MILLIS } from '../../../src/protocol/config.js'
import { Link } from '../../../src/protocol/links/link.js'
import { deviceOf, EPOCH } from '../../support/harness.js'

const linkAt = (now: number) =>
  new Link({ peer: deviceOf('ann'), handshakeHash: new Uint8Array(64), initiator: true }, 1, now)

test('a link is fresh for a minute, whenever it was opened', () => {
  for (const opened of [0, 5_000, EPOCH]) {
    const link = linkAt(opened)
    expect(link.isFresh(opened)).toBe(true)
    expect(link.isFresh(opened + FRESH_LINK_MILLIS - 1)).toBe(true)
    expect(link.isFresh(opened + FRESH_LINK_MILLIS)).toBe(false)
  }
})

test('a peer is a member when it has proved that, unless it only looks', () => {
  const link = linkAt(0)
  expect(link.isMember).toBe(false)
  link.phase = 'up'
  expect(link.isMember).toBe(true)
  link.observer = true
  expect(link.isMember).toBe(false)
})
