import { expect, test } from 'vitest'
import { Sync, type SyncParts } from '../../../src/protocol/history/sync.js'
import { HISTORY_TUNING } from '../../../src/protocol/history/tuning.js'
import { Link } from '../../../src/protocol/links/link.js'
import { deviceOf, EPOCH } from '../../support/harness.js'

test('an exchange ends with its link', () => {
  const sync = new Sync({ tuning: HISTORY_TUNING } as SyncParts)
  for (let n = 0; n < 100; n++) {
    const peer = deviceOf(`peer ${n}`)
    const options = { peer, handshakeHash: new Uint8Array(32), initiator: false }
    sync.linkUp(new Link(options, n, EPOCH))
    expect(sync.size).toBe(1)
    sync.linkDown(peer)
  }
  expect(sync.size).toBe(0)
})
