import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, root), 'utf8')

// What it shows is what programs show: `npm run picture` fails otherwise. Here: that it is one that a page can show as it is.
test('the picture in the README is of a chat, and needs nothing from elsewhere', () => {
  expect(read('README.md')).toContain('](docs/chat.svg)')
  const picture = read('docs/chat.svg')
  for (const shown of [/bob<\/text>/, /, to cyd &quot;/, /ada put 👍 to bob/, /cyd is writing/])
    expect(picture).toMatch(shown)
  expect(picture).not.toMatch(/<script|<image|href|url\(|\/tmp\/|\p{Cc}\[/u)
})
