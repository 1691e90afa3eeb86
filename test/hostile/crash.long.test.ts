import { test } from 'vitest'
import { surviveOrphans } from '../support/orphans.js'

// As crash.test.ts, and more than a call takes arguments: no list of strangers' messages is spread.
test('130,000 children of one absent parent, which then comes, end nobody', () => {
  surviveOrphans(130_000)
})
