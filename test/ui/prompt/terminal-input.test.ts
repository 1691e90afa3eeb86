import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_PASTE_CHARACTERS, TerminalInput } from '../../../src/ui/prompt/terminal-input.js'

/** What comes of these reads, keys that came together or one by one alike. */
function read(...reads: Uint8Array[]): string[] {
  const all: string[] = []
  const input = new TerminalInput({
    onkeys: keys => {
      const last = all.at(-1)
      if (last?.startsWith('keys ')) all[all.length - 1] = last + keys
      else all.push(`keys ${keys}`)
    },
    onpaste: text => all.push(`paste ${text}`),
    oncolumn: column => all.push(`column ${column}`)
  })
  for (const bytes of reads) input.take(Buffer.from(bytes))
  return all
}

const BYTES = Buffer.from(
  'grü\u001b[A\u001b[200~one\r\n/quit\rtwo\u001b[201~x\u001b[12;34Ry\u001b[200~z\u001b[201~\r'
)
const EVENTS = [
  'keys grü\u001b[A',
  'paste one\n/quit\ntwo',
  'keys x',
  'column 33',
  'keys y',
  'paste z',
  'keys \r'
]

test('keys, pastes and answers are told apart, in order', () => {
  expect(read(BYTES)).toEqual(EVENTS)
})

test('wherever the bytes are cut, but at an Escape alone, which is a key', () => {
  const isMark = (cut: number) => BYTES[cut] === 0x1b
  fc.assert(
    fc.property(fc.array(fc.nat(BYTES.length), { maxLength: 12 }), cuts => {
      const ends = [...new Set(cuts)].filter(cut => !isMark(cut) && !isMark(cut - 1))
      const at = [0, ...ends.sort((a, b) => a - b), BYTES.length]
      const reads = at.slice(1).map((end, i) => BYTES.subarray(at[i], end))
      expect(read(...reads)).toEqual(EVENTS)
    })
  )
})

test('a paste holds no keys, and no line feed at its end', () => {
  const paste = Buffer.from('\u001b[200~\ta\u0003\u001b[A\u009b\n\n\u001b[201~')
  expect(read(paste)).toEqual(['paste \ta[A'])
})

test('a paste that never ends is ended by Ctrl-C, which is heard', () => {
  expect(read(Buffer.from('\u001b[200~abc'), Buffer.from('\u0003'))).toEqual([
    'paste abc',
    'keys \u0003'
  ])
})

test('a paste without bound is cut', () => {
  const [paste] = read(Buffer.from(`\u001b[200~${'x'.repeat(2 * MAX_PASTE_CHARACTERS)}\u001b[201~`))
  expect(paste?.length).toBe('paste '.length + MAX_PASTE_CHARACTERS)
})
