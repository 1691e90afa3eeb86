import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Prompt } from '../../src/ui/prompt.js'
import { until } from '../support/until.js'

/** A prompt on a terminal of 20 columns, and what a reader of the terminal sees: everything written, uninterpreted. */
function promptOn() {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { columns: 20, isTTY: true })
  const heard: string[] = []
  let written = ''
  output.on('data', chunk => {
    written += chunk
  })
  const note = (what: string) => {
    heard.push(what)
    input.emit('heard')
  }
  const prompt = new Prompt(
    { input, output },
    {
      online: line => note(`line ${line}`),
      oninterrupt: () => note('interrupt'),
      onclose: () => note('close')
    }
  )
  const hear = (what: string) => until([input], 'heard', () => heard.includes(what))
  return { input, prompt, hear, written: () => written }
}

test('typed lines are heard', async () => {
  const { hear, input } = promptOn()
  input.write('hello\r')
  await hear('line hello')
})

test('what was typed is erased, all rows of it', async () => {
  const { hear, input, written } = promptOn()
  input.write(`${'x'.repeat(30)}\r`)
  await hear(`line ${'x'.repeat(30)}`)
  expect(written()).toContain('\u001b[2A\u001b[1G\u001b[J')
})

test('a line is shown above what is being typed', () => {
  const { input, prompt, written } = promptOn()
  input.write('half a li')
  const before = written().length
  prompt.print('09:00 ada: hi')
  const after = written().slice(before)
  expect(after.indexOf('09:00 ada: hi\n')).toBeLessThan(after.lastIndexOf('> half a li'))
  expect(after).toContain('> half a li')
})

test('Ctrl-C and Ctrl-D are told apart', async () => {
  const { hear, input } = promptOn()
  input.write('\u0003')
  await hear('interrupt')
  input.write('\u0004')
  await hear('close')
})
