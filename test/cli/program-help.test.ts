import { expect, test } from 'vitest'
import { helpPage } from '../../src/cli/program-help.js'

const COMMANDS = {
  bot: { summary: 'Run a script as a member of rooms: a bot.' },
  'bot:new': { summary: 'Make a first bot.' },
  completion: {
    summary: 'Print what makes a shell complete commands, flags and names of rooms.'
  }
}
const page = (columns: number, styled = false) =>
  helpPage('Meet and talk without a server.', COMMANDS, { columns, styled }).split('\n')

test('a command in a row, those within others left out', () => {
  const lines = page(100)
  expect(lines.filter(line => /^ {2}bot/.test(line))).toEqual([
    '  bot         Run a script as a member of rooms: a bot.'
  ])
  expect(lines.at(-2)).toMatch(/^ {2}completion {2}Print .* rooms\.$/)
})

test.each([40, 80, 250])('nothing is longer than %i columns, and nothing is lost', columns => {
  const lines = page(columns)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns)
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(
    'completion Print what makes a shell complete commands, flags and names of rooms.'
  )
})

test('only headings have a style', () => {
  const styled = page(80, true).filter(line => line.includes('\u001b'))
  expect(styled).toHaveLength(4)
  expect(styled[0]).toBe('\u001b[1mVERSION\u001b[22m')
})
