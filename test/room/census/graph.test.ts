import { expect, test } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { linksAmong } from '../../../src/room/census/graph.js'

const key = (letter: string) => letter.repeat(64) as PeerKey
const told = (device: string, neighbors: string) => ({
  device: key(device),
  neighbors: [...neighbors].map(key)
})
const edges = (here: string, ...neighborhoods: ReturnType<typeof told>[]) =>
  linksAmong(neighborhoods, new Set([...here].map(key))).map(
    ({ a, b, toldBy }) => `${a[0]}${b[0]} ${toldBy}`
  )

test('links are each told once, by both ends, or by the one that could be asked', () => {
  const all = edges('abcd', told('b', 'acd'), told('a', 'b'), told('c', 'b'))
  expect(all).toEqual(['ab both', 'bc both', 'bd a'])
})

test('a link that the other end knows nothing of is none', () => {
  expect(edges('abc', told('a', 'bc'), told('b', ''))).toEqual(['ac a'])
})

test('nobody is linked to itself, or to somebody who is not here', () => {
  expect(edges('ab', told('a', 'abc'), told('c', 'b'))).toEqual(['ab a'])
})
