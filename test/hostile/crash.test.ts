import { test } from 'vitest'
import { surviveOrphans } from '../support/orphans.js'

// Spends: 1.4 MB of signed messages over 8 links, and one that all of them name.
// Costs the room: nothing is lost, nothing throws, and no list grows with what was sent.
test('6,000 children of one absent parent, which then comes, end nobody', () => {
  surviveOrphans(6_000)
})
