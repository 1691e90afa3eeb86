import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { readAll, readFirstLine } from '../../src/cli/input.js'

const never = new AbortController().signal

function input(...chunks: (string | Buffer)[]): PassThrough {
  const stream = new PassThrough()
  for (const chunk of chunks) stream.write(chunk)
  return stream
}

test('the first line is read, and the rest is there for the next', async () => {
  const stream = input('\u{FEFF}lob', 'by\r\nfirst', '\nsecond\n')
  stream.end()
  expect(await readFirstLine(stream, never)).toBe('lobby')
  const rest: string[] = []
  stream.on('data', chunk => rest.push(String(chunk)))
  await once(stream, 'end')
  expect(rest.join('')).toBe('first\nsecond\n')
})

test('lines one after the other', async () => {
  const stream = input('a\nb\nc')
  stream.end()
  expect(await readFirstLine(stream, never)).toBe('a')
  expect(await readFirstLine(stream, never)).toBe('b')
  expect(await readFirstLine(stream, never)).toBe('c')
  expect(await readFirstLine(stream, never)).toBe('')
})

test('a line is waited for; all is read to the end, and ends without white space', async () => {
  const stream = input()
  const line = readFirstLine(stream, never)
  stream.write('slow\nthe rest ')
  expect(await line).toBe('slow')
  const all = readAll(stream, never)
  stream.end('of it\n\n')
  expect(await all).toBe('the rest of it')
})

test('what is no text is refused; so is far too much', async () => {
  const code = 'BAD_INPUT'
  const utf16 = input(Buffer.from('\u{FEFF}hi', 'utf16le'))
  utf16.end()
  await expect(readAll(utf16, never)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/UTF-16/)
  })
  const endless = input('x'.repeat(100_000))
  await expect(readFirstLine(endless, never)).rejects.toMatchObject({ code })
})

test('waiting ends when it is to', async () => {
  const stop = new AbortController()
  const line = readFirstLine(input('half'), stop.signal)
  stop.abort()
  await expect(line).rejects.toMatchObject({ name: 'AbortError' })
})
