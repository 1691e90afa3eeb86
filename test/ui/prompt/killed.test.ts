import { afterEach, expect, test } from 'vitest'
import { Killed } from '../../../src/ui/prompt/killed.js'
import { LineEditor } from '../../../src/ui/prompt/line-editor.js'

const editors: LineEditor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.close()
})

function typing(text: string, killed = new Killed()) {
  const nothing = () => {}
  const handlers = { online: nothing, oninterrupt: nothing, onsuspend: nothing, onend: nothing }
  const editor = new LineEditor(handlers, killed)
  editors.push(editor)
  editor.insert(text)
  const press = (...names: string[]) => {
    for (const name of names) {
      const [, modifier, key = ''] = /^(?:([CM])-)?(.+)$/.exec(name) ?? []
      editor.press(undefined, { name: key, ctrl: modifier === 'C', meta: modifier === 'M' })
    }
    return editor.typed.text
  }
  return { press, editor }
}

test('a word that was deleted is brought back, several at once if they went one after the other', () => {
  const { press } = typing('one two three')
  expect(press('C-w')).toBe('one two ')
  expect(press('C-y')).toBe('one two three')
  expect(press('C-w', 'C-w')).toBe('one ')
  expect(press('C-a', 'C-y')).toBe('two threeone ')
})

test('whichever way it went', () => {
  const { press } = typing('one two three')
  press('C-a')
  expect(press('M-d', 'C-e', 'C-y')).toBe('two threeone ')
  expect(press('C-u', 'C-y')).toBe('two threeone ')
  expect(press('C-a', 'C-k', 'C-y', 'C-y')).toBe('two threeone two threeone ')
})

test('a key that deletes nothing keeps what there is, and a character is no such thing', () => {
  const { press } = typing('one two')
  expect(press('C-w', 'C-k', 'backspace', 'C-y')).toBe('onetwo')
})

test('what was deleted in one room can be put into another', () => {
  const killed = new Killed()
  typing('for the other room', killed).press('C-u')
  expect(typing('', killed).press('C-y')).toBe('for the other room')
})
