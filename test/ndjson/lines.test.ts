import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { eachLine } from '../../src/ndjson/lines.js'

function linesOf(...chunks: Uint8Array[]): Promise<string[]> {
  const input = new PassThrough()
  const lines: string[] = []
  const ended = new Promise<string[]>(resolve => {
    eachLine(
      input,
      line => lines.push(line),
      () => resolve(lines)
    )
  })
  for (const chunk of chunks) input.write(chunk)
  input.end()
  return ended
}

test('lines end with a line feed, and the last one may lack it', async () => {
  expect(await linesOf(Buffer.from('a\nb\r\n\nc'))).toEqual(['a', 'b', '', 'c'])
})

test('a character cut in two by chunks is whole again', async () => {
  const bytes = Buffer.from('grü\n')
  expect(await linesOf(bytes.subarray(0, 3), bytes.subarray(3))).toEqual(['grü'])
})

test('a line separator inside a line is no end of line', async () => {
  expect(await linesOf(Buffer.from('a\u2028b\n'))).toEqual(['a\u2028b'])
})
