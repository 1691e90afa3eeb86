import { expect, test } from 'vitest'
import { sweep } from './sweep.js'

/** The cells of a line, without those that name the constant. */
const figures = (line = '') => line.split(' | ').slice(3)

test('a constant that matters changes the figures', () => {
  const lines = [...sweep(12, ['activeMax'])]
  const [, , base, halved, doubled, ...more] = lines
  expect(halved).toMatch(/^\| `activeMax` \| 8 \| halved \| \d/)
  expect(doubled).toMatch(/^\| `activeMax` \| 8 \| doubled \| \d/)
  expect(more).toEqual([])
  expect(figures(halved)).not.toEqual(figures(base))
})

test('a constant that there is not is said so', () => {
  expect(() => sweep(12, ['activeMaxx']).next()).toThrow(/activeMaxx/)
})

test('so does one of presence, in a room that is cut, mended and loses some', () => {
  const [, , base, halved, doubled, ...more] = [...sweep(4, ['gapPerDeviceMillis'])]
  expect(halved).toMatch(/^\| `gapPerDeviceMillis` \| 200 \| halved \| \d/)
  expect(more).toEqual([])
  expect([figures(halved), figures(doubled)]).not.toContainEqual(figures(base))
})
