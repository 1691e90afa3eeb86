import { describe, expect, test } from 'vitest'
import {
  FIRST_WINDOW,
  LARGEST_WINDOW,
  ReceiveWindow
} from '../../../src/pipe/ports/receive-window.js'

describe('a receive window', () => {
  test('lets no more arrive than it allows', () => {
    const window = new ReceiveWindow()
    expect(window.arrived(FIRST_WINDOW)).toBe(true)
    expect(window.arrived(1)).toBe(false)
  })

  test('opens by what was taken, in steps of half of it', () => {
    const window = new ReceiveWindow()
    window.arrived(FIRST_WINDOW / 2)
    expect(window.taken(FIRST_WINDOW / 2 - 1)).toBe(0)
    expect(window.taken(1)).toBe(FIRST_WINDOW / 2)
  })

  test('grows for a reader that keeps up with a sender that uses it up, to a limit', () => {
    const window = new ReceiveWindow()
    let allowed = FIRST_WINDOW
    for (let round = 0; round < 20; round++) {
      expect(window.arrived(allowed)).toBe(true)
      allowed = window.taken(allowed)
    }
    expect(allowed).toBe(LARGEST_WINDOW)
  })

  test('does not grow for a reader that is behind', () => {
    const window = new ReceiveWindow()
    window.arrived(FIRST_WINDOW)
    const more = window.taken(FIRST_WINDOW - 1)
    expect(more).toBeLessThanOrEqual(FIRST_WINDOW)
  })
})
