import { PassThrough, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { gathered } from '../../src/ui/gathered.js'

/** A stream that says in how many pieces it was written to. */
function pieces() {
  const seen: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write: (text, _encoding, done) => {
      seen.push(`${text}`)
      done()
    },
    writev: (chunks, done) => {
      seen.push(chunks.map(({ chunk }) => `${chunk}`).join(''))
      done()
    }
  })
  return { seen, stream }
}

const turn = () => new Promise(setImmediate)

test('what is printed in one turn is one write, in its order', async () => {
  const { seen, stream } = pieces()
  const print = gathered(stream)
  for (const line of ['one\n', 'two\n', 'three\n']) print(line)
  expect(seen).toEqual([])
  await turn()
  expect(seen).toEqual(['one\ntwo\nthree\n'])
  print('four\n')
  await turn()
  expect(seen).toEqual(['one\ntwo\nthree\n', 'four\n'])
})

test('a stream that is ended in the same turn has all of it', async () => {
  const stream = new PassThrough({ encoding: 'utf8' })
  const print = gathered(stream)
  print('one\n')
  print('two\n')
  stream.end()
  expect((await stream.toArray()).join('')).toBe('one\ntwo\n')
})
