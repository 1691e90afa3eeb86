import { expect, test } from 'vitest'
import {
  BYTES_PER_TURN,
  type Divisible,
  PIECES_PER_TURN,
  Turns
} from '../../../src/room/driver/turns.js'

/** So many pieces of work of so many bytes, each of which notes its name. */
function pieces(name: string, count: number, bytes: number, done: string[]): Divisible {
  let left = count
  return {
    get isEmpty() {
      return left === 0
    },
    next: () => {
      left -= 1
      done.push(name)
      return bytes
    }
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('so many pieces are done in a turn of the event loop, of one after the other', async () => {
  const turns = new Turns()
  const done: string[] = []
  turns.add(pieces('a', PIECES_PER_TURN, 1, done))
  turns.add(pieces('b', 2, 1, done))
  expect(done).toEqual([])
  await turn()
  expect(done).toHaveLength(PIECES_PER_TURN)
  expect(done.slice(0, 5)).toEqual(['a', 'b', 'a', 'b', 'a'])
  await turn()
  expect(done).toHaveLength(PIECES_PER_TURN + 2)
})

test('large ones are fewer', async () => {
  const turns = new Turns()
  const done: string[] = []
  turns.add(pieces('a', PIECES_PER_TURN, BYTES_PER_TURN / 2, done))
  await turn()
  expect(done).toHaveLength(2)
})

test('what is added when all was done is done in the next turn', async () => {
  const turns = new Turns()
  const done: string[] = []
  turns.add(pieces('a', 1, 1, done))
  await turn()
  turns.add(pieces('b', 1, 1, done))
  await turn()
  expect(done).toEqual(['a', 'b'])
})
