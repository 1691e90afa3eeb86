import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { Prompt, type PromptHandlers } from '../../../src/ui/prompt/prompt.js'
import type { EmulatorOptions } from '../../support/emulator.js'
import { Screen } from '../../support/screen.js'

const [CTRL_C, CTRL_D, CTRL_L, CTRL_Z] = ['\u0003', '\u0004', '\u000c', '\u001a']
const [HOME, END, ERASE_ALL] = ['\u0001', '\u0005', '\u0015']
const [LEFT, RIGHT, BACKSPACE] = ['\u001b[D', '\u001b[C', '\u007f']

const prompts: Prompt[] = []
let whenHeard = () => {}
let status: string | undefined
afterEach(() => {
  status = undefined
  whenHeard = () => {}
  for (const prompt of prompts.splice(0)) prompt.close()
})

/** A prompt on a terminal of 20 columns, and what it told. */
async function promptOn(options: EmulatorOptions = {}, more: Partial<PromptHandlers> = {}) {
  const screen = new Screen({ columns: 20, rows: 10, ...options })
  const heard: string[] = []
  const modes: boolean[] = []
  const input = Object.assign(screen.input, { setRawMode: (raw: boolean) => modes.push(raw) })
  const prompt = new Prompt(
    { input, output: screen.output },
    {
      online: line => {
        heard.push(line)
        whenHeard()
      },
      oninterrupt: () => heard.push('interrupt'),
      onsuspend: () => heard.push(`suspend in ${modes.at(-1) ? 'raw' : 'cooked'} mode`),
      onclose: () => heard.push('close'),
      ...more
    },
    columns => status?.slice(0, columns)
  )
  prompts.push(prompt)
  await screen.settled()
  const press = async (...keys: string[]) => {
    for (const key of keys) screen.type(key)
    await screen.settled()
  }
  return { screen, prompt, heard, modes, press, lines: () => screen.emulator.lines }
}

const characters = (text: string) => [...text]

test('a typed line is heard, and goes from the screen, all rows of it', async () => {
  const { heard, lines, press, prompt } = await promptOn()
  prompt.print('above')
  await press('x'.repeat(50))
  expect(lines()).toEqual(['above', `> ${'x'.repeat(17)}`, 'x'.repeat(19), 'x'.repeat(14)])
  await press('\r')
  expect(heard).toEqual(['x'.repeat(50)])
  expect(lines()).toEqual(['above', '> '])
})

// Terminals that mark no pastes send them as keys.
test('thousands of keys at once cost what a few thousand times one key costs', async () => {
  const { heard, press } = await promptOn()
  const cost = async (count: number) => {
    const before = process.cpuUsage()
    await press(`${'x'.repeat(count)}\r`)
    const { system, user } = process.cpuUsage(before)
    return system + user
  }
  await cost(2_000)
  const [few, many] = [await cost(2_000), await cost(40_000)]
  expect(heard.map(({ length }) => length)).toEqual([2_000, 2_000, 40_000])
  // 400 times as much if every key looked through the whole line.
  expect(many).toBeLessThan(few * 100)
})

test('keys of one piece of input do what they do one by one', async () => {
  const keys = fc.constantFrom(
    ...'abé漢 ',
    '👩‍👧',
    '\u0301',
    LEFT,
    RIGHT,
    BACKSPACE,
    HOME,
    END,
    '\r'
  )
  await fc.assert(
    fc.asyncProperty(fc.array(keys, { maxLength: 20 }), async typed => {
      const [whole, single] = [await promptOn(), await promptOn()]
      await whole.press(typed.join(''), '\r')
      await single.press(...typed, '\r')
      expect(whole.heard).toEqual(single.heard)
      for (const prompt of prompts.splice(0)) prompt.close()
    }),
    { numRuns: 60 }
  )
})

test('a line is shown above what is typed, and the cursor stays where it is', async () => {
  const { lines, press, prompt, screen } = await promptOn()
  await press('half a line', LEFT, LEFT)
  prompt.print('09:00 ada: hi')
  prompt.print('09:01 ada: you')
  await press('X')
  expect(lines()).toEqual(['09:00 ada: hi', '09:01 ada: you', '> half a liXne'])
  expect(screen.emulator.cursor).toEqual({ column: 12, row: 2 })
})

test('what was typed before there was a prompt is shown once', async () => {
  const screen = new Screen()
  screen.output.write('hel')
  const input = screen.input
  input.write('hel')
  const h = () => {}
  const handlers = { online: h, oninterrupt: h, onsuspend: h, onclose: h }
  prompts.push(new Prompt({ input, output: screen.output }, handlers))
  await screen.settled()
  expect(screen.emulator.lines).toEqual(['> hel'])
})

test('a key stands there before anything else is done, once for all that was read together', async () => {
  const { prompt, screen } = await promptOn()
  const drawn = () => screen.written.split('\u001b[?7l').length
  for (let n = 0; n < 100; n += 1) prompt.print(`said ${n}`)
  const before = drawn()
  screen.input.emit('data', Buffer.from('abc\u001b[Dd'))
  expect(screen.written).toContain('> abdc')
  expect(screen.written).toContain('said 99')
  expect(drawn() - before).toBe(1)
})

test('Ctrl-C and Ctrl-D are told apart', async () => {
  const { heard, press } = await promptOn()
  await press('a', CTRL_D, CTRL_C, BACKSPACE, CTRL_D)
  expect(heard).toEqual(['interrupt', 'close'])
})

test('the end of the input, and an input that fails, is the terminal that has gone', async () => {
  const ended = await promptOn()
  ended.screen.input.end()
  await ended.screen.settled()
  expect(ended.heard).toEqual(['close'])
  const failed = await promptOn()
  failed.screen.input.destroy(Object.assign(new Error('read EIO'), { code: 'EIO' }))
  await failed.screen.settled()
  expect(failed.heard).toEqual(['close'])
})

test('closing erases what is typed and gives the terminal back; lines are still shown', async () => {
  const { heard, lines, modes, press, prompt, screen } = await promptOn()
  await press('half a line')
  expect(modes).toEqual([true])
  expect(screen.emulator.marksPastes).toBe(true)
  prompt.print('before')
  prompt.close()
  prompt.print('after')
  await press('too late\r')
  expect(lines()).toEqual(['before', 'after'])
  expect(heard).toEqual([])
  expect(modes).toEqual([true, false])
  expect(screen.emulator.marksPastes).toBe(false)
})

test('what was read together with the line that ends it all is not heard', async () => {
  const { heard, press, prompt } = await promptOn()
  whenHeard = () => prompt.close()
  await press('/quit\rand this\r\u001b[200~and that\u001b[201~\r')
  expect(heard).toEqual(['/quit'])
})

test('Ctrl-Z gives the terminal back, and takes it again when the program goes on', async () => {
  const { heard, lines, modes, press, prompt, screen } = await promptOn()
  await press('half', CTRL_Z)
  expect(heard).toEqual(['suspend in cooked mode'])
  expect(modes).toEqual([true, false, true])
  expect(lines()).toEqual(['> half'])
  prompt.resume()
  await screen.settled()
  expect(modes.at(-1)).toBe(true)
  expect(screen.emulator.marksPastes).toBe(true)
  expect(lines()).toEqual(['> half'])
})

test('Ctrl-L begins at the top of an empty screen', async () => {
  const { lines, press, prompt, screen } = await promptOn()
  prompt.print('old')
  await press('half')
  await press(CTRL_L)
  expect(lines()).toEqual(['old', '> half'])
  expect(screen.emulator.screen[0]).toBe('> half')
})

test('what is typed is off the screen when it is cleared: tmux would keep a copy of it', async () => {
  const { press, prompt, screen } = await promptOn()
  prompt.print('old')
  await press('half')
  await press(CTRL_L)
  const [before = '', after] = screen.written.split('\n'.repeat(9))
  const shown = new Screen()
  shown.output.write(before)
  await shown.settled()
  expect([shown.emulator.lines, after?.includes('half')]).toEqual([['old'], true])
})

test('nothing is erased from the first column on: tmux would keep a copy of a whole screen', async () => {
  const { press, prompt, screen } = await promptOn()
  prompt.clear()
  await press('a', 'b', '\r')
  expect(screen.written).toContain('> ab')
  expect(screen.written).not.toContain('\r\u001b[J')
})

test('a paste is one text, whatever it holds, and waits for Enter', async () => {
  const { heard, lines, press, screen } = await promptOn()
  await press('see ')
  screen.paste('one\n/quit\n\u0003two\n')
  await screen.settled()
  expect(heard).toEqual([])
  expect(lines()).toEqual(['> see one⏎', '/quit⏎', 'two'])
  await press('!\r')
  expect(heard).toEqual(['see one\n/quit\ntwo!'])
})

test('a text with more rows than half the screen shows those around the cursor', async () => {
  const { heard, lines, press, prompt, screen } = await promptOn({ rows: 8 })
  prompt.print('above')
  screen.paste(Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n'))
  await screen.settled()
  expect(lines()).toEqual(['above', 'line 36⏎', 'line 37⏎', 'line 38⏎', 'line 39'])
  await press(HOME)
  expect(lines()).toEqual(['above', '> line 0⏎', 'line 1⏎', 'line 2⏎', 'line 3⏎'])
  prompt.print('more')
  await press(END, '\r')
  expect(lines()).toEqual(['above', 'more', '> '])
  expect(heard[0]?.split('\n')).toHaveLength(40)
})

test('an arrow and a backspace take what a person sees as one character', async () => {
  const { heard, press } = await promptOn({ graphemes: true })
  await press('a👩‍👩‍👧‍👦b', LEFT, BACKSPACE, '\r', '🇩🇪é', LEFT, LEFT, RIGHT, 'x\r')
  expect(heard).toEqual(['ab', '🇩🇪xé'])
})

test('the arrow up brings back what was said, a paste as well, but not the longest', async () => {
  const { heard, press, screen } = await promptOn({ columns: 60 })
  await press('first\r')
  screen.paste('one\ntwo')
  await press('\r')
  screen.paste('x'.repeat(9_000))
  await press('\r')
  await press('\u001b[A', '\r', '\u001b[A', '\u001b[A', '\r')
  expect(heard.slice(3)).toEqual(['one\ntwo', 'first'])
})

const TYPED: [string, string, number][] = [
  ['22 flags', '🇩🇪'.repeat(22), 80],
  ['9 flags', '🇩🇪'.repeat(9), 21],
  ['120 Chinese letters', '漢'.repeat(120), 79],
  ['10 families', '👩‍👩‍👧‍👦'.repeat(10), 21],
  ['tabs', '\ta\t\tb\t'.repeat(8), 21],
  ['flags of England', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'.repeat(12), 21],
  ['Persian', 'می‌خواهم '.repeat(6), 21],
  ['marks that pile up', `a${'\u0301'.repeat(40)}`.repeat(6), 21]
]

for (const graphemes of [false, true]) {
  const terminal = graphemes ? 'a terminal that knows clusters' : 'an old terminal'
  test.each(TYPED)(
    `on ${terminal}, typing %s erases nothing`,
    async (_, text, columns) => {
      const { heard, lines, press, prompt } = await promptOn({ columns, graphemes })
      prompt.print('the line above')
      for (const character of characters(text)) await press(character)
      prompt.print('a line below')
      await press(HOME, END)
      expect(lines().slice(0, 2)).toEqual(['the line above', 'a line below'])
      await press('\r')
      expect(heard).toEqual([text])
      expect(lines()).toEqual(['the line above', 'a line below', '> '])
    },
    60_000
  )
}

test('where terminal and Unicode agree, the cursor is after what it follows', async () => {
  const { press, screen } = await promptOn({ columns: 80, graphemes: true })
  await press('🇩🇪👩‍👩‍👧‍👦漢é', LEFT)
  expect(screen.emulator.cursor.column).toBe(2 + 2 + 2 + 2)
})

test('a narrower window leaves no copy of what is typed', async () => {
  for (const reflow of ['all', 'above', 'none'] as const) {
    const { lines, press, prompt, screen } = await promptOn({ columns: 60, reflow })
    prompt.print('above')
    const typed = 'a line that is typed and is 44 columns long'
    await press(typed)
    screen.resize(30, 10)
    await screen.settled()
    prompt.print('below')
    await press(ERASE_ALL)
    expect(lines(), reflow).toEqual(['above', 'below', '> '])
  }
})

const REFLOWS = ['all', 'above', 'none'] as const
const TEXT = Array.from({ length: 30 }, (_, i) => `w${i}`).join(' ')

type Size = { readonly columns: number; readonly rows: number }
/** What happens to a prompt: keys; a line to show; another size of the window, of which it may hear only after the next. */
type Happening = string | { readonly print: true } | (Size & { readonly late: boolean })

const keys = [
  LEFT.repeat(7),
  RIGHT.repeat(5),
  HOME,
  END,
  ERASE_ALL,
  TEXT,
  'typed',
  '漢字',
  '👩‍👩‍👧‍👦'
]
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom(...keys),
  fc.constant({ print: true } as const),
  fc.record({
    columns: fc.integer({ min: 12, max: 70 }),
    rows: fc.integer({ min: 4, max: 20 }),
    late: fc.boolean()
  })
)

/** Lets all of it happen, one after the other; gives the lines that were shown, and those that are to be seen. */
async function play(all: readonly Happening[], options: EmulatorOptions) {
  const { lines, press, prompt, screen } = await promptOn({ columns: 60, ...options })
  const printed: string[] = []
  let size: Size | undefined
  for (const [i, each] of all.entries()) {
    // Whoever hears late hears of the size that the window has then.
    const hearsNow = size !== undefined && !(typeof each === 'object' && 'late' in each)
    if (typeof each === 'string') screen.type(each)
    else if ('print' in each) prompt.print(printed[printed.push(`line ${i}`) - 1] ?? '')
    else {
      screen.emulator.resize(each.columns, each.rows)
      size = each
      if (!each.late) screen.hearSize(each.columns, each.rows)
    }
    if (hearsNow && size !== undefined) screen.hearSize(size.columns, size.rows)
    await screen.settled()
  }
  if (size !== undefined) screen.hearSize(size.columns, size.rows)
  await press(ERASE_ALL)
  prompt.close()
  return { printed, seen: lines().filter(line => line.startsWith('line ')) }
}

test.each(REFLOWS)(
  'whatever is typed and resized, no line is lost (reflow: %s)',
  async reflow => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 25 }),
        fc.boolean(),
        async (all, graphemes) => {
          const { printed, seen } = await play(all, { reflow, graphemes })
          expect(seen).toEqual(printed)
        }
      ),
      { numRuns: 40 }
    )
  },
  120_000
)

test('a status stands below what is typed, goes with the prompt, and never scrolls the log', async () => {
  status = 'lobby | 3 here'
  const { lines, press, prompt, screen } = await promptOn()
  prompt.print('above')
  await press('x'.repeat(20))
  expect(lines()).toEqual(['above', `> ${'x'.repeat(17)}`, 'xxx', 'lobby | 3 here'])
  for (let count = 4; count < 40; count += 1) {
    status = `lobby | ${count} here`
    prompt.update()
    await screen.settled()
  }
  expect(lines()).toEqual(['above', `> ${'x'.repeat(17)}`, 'xxx', 'lobby | 39 here'])
  prompt.close()
  await screen.settled()
  expect(lines()).toEqual(['above'])
})

test('a status is cut to the window, and none is shown where there are few rows', async () => {
  status = 'a status that is longer than the window is wide'
  const { lines, screen } = await promptOn()
  expect(lines()).toEqual(['> ', 'a status that is lo'])
  screen.resize(20, 4)
  await screen.settled()
  expect(lines()).toEqual(['> '])
})

/** What is on a terminal of 60 columns, below a line and a status, when its window was given these widths. */
async function resized(reflow: 'all' | 'above' | 'none', ...widths: number[]) {
  status = 'lobby | 3 here | 2'
  const { lines, press, prompt, screen } = await promptOn({ columns: 60, reflow })
  prompt.print('above')
  await press('hello')
  for (const columns of widths) {
    screen.resize(columns, 10)
    await screen.settled()
  }
  prompt.print('below')
  await screen.settled()
  return lines()
}

test.each(['all', 'above', 'none'] as const)(
  'a window that gets narrower and wider leaves nothing of a status in the log (%s)',
  async reflow => {
    const left = ['above', 'below', '> hello', 'lobby | 3 here | 2']
    expect(await resized(reflow, 25, 40, 20, 60)).toEqual(left)
  }
)

test.each(['all', 'above', 'none'] as const)(
  'also one that gets too narrow for its status at once loses nothing of the log (%s)',
  async reflow => {
    const left = await resized(reflow, 10, 60, 10)
    expect(left.filter(line => !line.startsWith('> '))).toEqual(['above', 'below', 'lobby | 3'])
  }
)

test('Alt-Enter begins another line of the same message', async () => {
  const { heard, lines, press } = await promptOn()
  await press('one', '\u001b\r', 'two')
  expect(lines()).toEqual(['> one⏎', 'two'])
  await press('\r')
  expect(heard).toEqual(['one\ntwo'])
})

test('what is typed takes six rows at most, those around the cursor', async () => {
  const { lines, press } = await promptOn({ rows: 40 })
  await press(Array.from({ length: 9 }, (_, i) => `row ${i}`).join('\u001b\r'))
  expect(lines()).toEqual(['row 3⏎', 'row 4⏎', 'row 5⏎', 'row 6⏎', 'row 7⏎', 'row 8'])
})

test('Tab puts what it is told in the place of what stands left of the cursor', async () => {
  const asked: string[] = []
  const { heard, press } = await promptOn(
    {},
    {
      oncomplete: ({ cursor, text }) => {
        asked.push(text.slice(0, cursor))
        return text.startsWith('hi a') ? { units: 1, text: 'ána 👩‍👧 ' } : undefined
      }
    }
  )
  await press('hi a, bye', LEFT.repeat(5), '\t', '\r', 'x\t\r')
  expect(asked).toEqual(['hi a', 'x'])
  expect(heard).toEqual(['hi ána 👩‍👧 , bye', 'x'])
})

test('each place to type has its own text and its own former texts', async () => {
  const switched: unknown[] = []
  const { heard, lines, press, prompt, screen } = await promptOn(
    {},
    { onswitch: to => switched.push(to) }
  )
  await press('first\r', 'draft')
  prompt.switchTo('other')
  await screen.settled()
  expect(lines()).toEqual(['> '])
  await press('\u001b[A', 'second\r')
  prompt.switchTo('')
  await screen.settled()
  expect(lines()).toEqual(['> draft'])
  await press(ERASE_ALL, '\u001b[A', '\r')
  expect(heard).toEqual(['first', 'second', 'first'])
  await press('\u001b1', '\u001b9', '\u001b[1;3C', '\u001b[1;3D')
  expect(switched).toEqual([1, 9, 'next', 'previous'])
})

test('the keys that people have in their fingers', async () => {
  const { heard, press } = await promptOn()
  await press('one two', '\u0001', '>', '\u0005', '<', '\r')
  await press('one two', '\u0017', 'six', '\r')
  await press('one two', '\u001bb', '\u000b', '\u0019', '\u0019', '\r')
  await press('gone', '\u0015', 'kept', '\r')
  await press('one two', '\u001b[H', '>', '\u001b[F', '<', '\r')
  expect(heard).toEqual(['>one two<', 'one six', 'one twotwo', 'kept', '>one two<'])
})

test('what is being typed is told whenever it reads otherwise, and only then', async () => {
  const told: string[] = []
  const { press, screen } = await promptOn({}, { onedit: typed => told.push(typed) })
  screen.paste('a\nb\n')
  await screen.settled()
  await press('c', '\u001b[D', '\u001b[C', '\r')
  expect(told).toEqual(['a\vb', 'a\vbc', ''])
})
