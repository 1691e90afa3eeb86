import { describe, expect, test } from 'vitest'
import { receipts, sayOneLineEach, speakAtOnce } from '../../support/receipts.js'

describe('sixty authors who speak at once', () => {
  test('are all told that somebody has it', () => {
    const { all } = sayOneLineEach(60)
    expect(receipts(all)).toEqual(all.map(() => 1))
  })

  test('are all told that all have it', () => {
    const all = speakAtOnce(60, 300_000)
    expect(receipts(all)).toEqual(all.map(() => 59))
  })
})
