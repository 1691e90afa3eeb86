import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { eachLine, MAX_LINE_CHARACTERS } from '../../src/ndjson/lines.js'

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

test('byte order marks are no part of the text, at the beginning and where files were joined', async () => {
  const [bom, line] = ['\u{FEFF}', '{"type":"leave"}']
  expect(await linesOf(Buffer.from(`${bom}${line}\n${bom}b\n${bom}`))).toEqual([line, 'b', ''])
  const bytes = Buffer.from(`${bom}a\n`)
  expect(await linesOf(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['a'])
})

test('a line of 2 MiB is cut at 1 MiB, and the next one is whole', async () => {
  const chunk = Buffer.alloc(65_536, 'x')
  const lines = await linesOf(...Array(32).fill(chunk), Buffer.from('x\nnext\n'))
  expect(lines.map(line => line.length)).toEqual([MAX_LINE_CHARACTERS, 4])
})

/** What is heard of an input: its lines, and how it ended. */
function hear() {
  const input = new PassThrough()
  const heard: string[] = []
  const reader = eachLine(
    input,
    line => heard.push(line),
    reason => heard.push(`end: ${reason}`)
  )
  return { input, heard, reader }
}

test('an input that fails has ended, once, and what it had said is not lost', async () => {
  const { heard, input } = hear()
  input.write('first\nlast')
  await new Promise(setImmediate)
  input.destroy(new Error('read EIO'))
  await new Promise(resolve => input.once('close', resolve))
  expect(heard).toEqual(['first', 'last', 'end: undefined'])
})

test.each(['utf16le', 'utf-16 with a mark'])('%s is told, and nothing of it taken', async name => {
  const { heard, input } = hear()
  input.write(Buffer.from(`${name === 'utf16le' ? '' : '\u{FEFF}'}hello\nyou\n`, 'utf16le'))
  input.end(Buffer.from('more\n', 'utf16le'))
  await new Promise(setImmediate)
  expect(heard).toEqual(['end: it is UTF-16; UTF-8 is understood'])
})

test('an unfinished line can be had before its end comes', async () => {
  const { heard, input, reader } = hear()
  input.write('first\nhalf')
  await new Promise(setImmediate)
  reader.flush()
  reader.flush()
  input.end(' a line\n')
  await new Promise(resolve => input.once('close', resolve))
  expect(heard).toEqual(['first', 'half', ' a line', 'end: undefined'])
})
