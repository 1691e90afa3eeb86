import { test } from 'vitest'
import { surviveOrphans } from '../support/orphans.js'

// As crash.test.ts, and more than a call takes arguments: no list of strangers' messages is spread.
// Spends: 30 MB of signed messages over 8 links, and one that all of them name.
// Costs the room: as in crash.test.ts, nothing that grows with it.
test('130,000 children of one absent parent, which then comes, end nobody', () => {
  surviveOrphans(130_000)
})
