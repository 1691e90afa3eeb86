import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Display } from '../../../src/ui/prompt/display.js'
import { TerminalInput } from '../../../src/ui/prompt/terminal-input.js'
import type { EmulatorOptions } from '../../support/emulator.js'
import { Screen } from '../../support/screen.js'
import { until } from '../../support/until.js'

let now = 0
beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => now))
afterEach(() => void vi.restoreAllMocks())

/** Nothing happens for a while. */
function rest(): void {
  now += 2_000
}

/** A text of so many columns being typed on a terminal of 60. */
async function typing(columns: number, options: EmulatorOptions & { reflows?: boolean } = {}) {
  const screen = new Screen({ columns: 60, rows: 10, ...options })
  const typed = { text: 'x'.repeat(columns), cursor: columns }
  const { output } = screen
  const display = new Display({ ...options, output }, () => typed)
  const oncolumn = (column: number) => display.hearColumn(column)
  const answers = new TerminalInput({ onkeys: () => {}, onpaste: () => {}, oncolumn })
  screen.input.on('data', bytes => answers.take(bytes))
  display.print('above')
  await screen.settled()
  const drawings = () => screen.written.split('\u001b[?7l').length
  const resize = async (...sizes: number[]) => {
    const before = drawings()
    for (const size of sizes) screen.resize(size, 10)
    await until([screen], 'update', () => drawings() > before)
    await screen.settled()
  }
  const end = async () => {
    display.close()
    await screen.settled()
    return screen.emulator.lines
  }
  return { screen, display, drawings, resize, end }
}

test('a cursor in a short row tells nothing, but what the terminal did before does', async () => {
  const { end, resize } = await typing(55)
  // It is asked for this one.
  await resize(50)
  rest()
  await resize(20)
  expect(await end()).toEqual(['above'])
})

test('it is enough to know the terminal', async () => {
  const { end, resize } = await typing(70, { reflows: true })
  rest()
  await resize(20)
  await resize(60)
  expect(await end()).toEqual(['above'])
})

test('where neither is known nothing but what is typed is erased, and a copy stays', async () => {
  for (const reflow of ['above', 'none'] as const) {
    const { end, resize } = await typing(70, { reflow })
    rest()
    await resize(20)
    expect((await end())[0], reflow).toBe('above')
  }
})

test('rows that were written a moment ago may be cut off where others are broken: a copy stays', async () => {
  const { display, end, resize, screen } = await typing(70, { reflows: true })
  rest()
  // The window is narrower, and the program has not heard of it.
  screen.emulator.resize(20, 10)
  display.print('meanwhile')
  await screen.settled()
  await resize(20)
  const lines = await end()
  expect([lines[0], lines.includes('meanwhile')]).toEqual(['above', true])
})

test("to a terminal that is somebody else's nothing is written", async () => {
  const { display, end, resize, screen } = await typing(5)
  await resize(40)
  const { written } = screen
  display.lose()
  display.print('too late')
  screen.resize(20, 10)
  await end()
  expect(screen.written).toBe(written)
})

test.each(['all', 'above', 'none'] as const)(
  'what is on a screen that is cleared scrolls away (reflow: %s)',
  async reflow => {
    const { display, screen } = await typing(70, { reflow })
    for (const line of ['one', 'two', 'three']) display.print(line)
    await screen.settled()
    display.clear()
    await screen.settled()
    expect(screen.emulator.screen[0]).toMatch(/^> x/)
    expect(screen.emulator.lines.slice(0, -2)).toEqual(['above', 'one', 'two', 'three'])
    display.close()
  }
)
