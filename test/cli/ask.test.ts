import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askUnseen } from '../../src/cli/ask.js'

/** Asks on a terminal; what is shown there, and what was answered. */
function ask(signal = new AbortController().signal) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const shown: string[] = []
  output.on('data', chunk => shown.push(String(chunk)))
  const answer = askUnseen({ text: 'Password: ', input, output, signal })
  return { answer, input, shown: () => shown.join('') }
}

test('what is typed is the answer, with all its blanks, and is not shown', async () => {
  const { answer, input, shown } = ask()
  input.write('  se cret \r')
  expect(await answer).toBe('  se cret ')
  expect(shown()).toBe('Password: \n')
})

test('a mistake can be taken back', async () => {
  const { answer, input } = ask()
  input.write('wrong\u0015secres\u007ft\r')
  expect(await answer).toBe('secret')
})

test('what comes after it is left for whoever reads next', async () => {
  const { answer, input } = ask()
  input.write('secret\rhello\r')
  expect(await answer).toBe('secret')
  const next = new Promise(resolve => input.once('data', chunk => resolve(String(chunk))))
  expect(await next).toBe('hello\r')
  const later = new Promise(resolve => input.once('data', chunk => resolve(String(chunk))))
  input.write('there')
  expect(await later).toBe('there')
})

test('who does not answer is not waited for', async () => {
  const over = new AbortController()
  const first = ask(over.signal)
  over.abort()
  await expect(first.answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  const second = ask()
  second.input.end()
  await expect(second.answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
})
