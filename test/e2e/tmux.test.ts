import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { gone } from '../support/processes.js'
import { testWith } from '../support/programs.js'
import { type Pane, Tmux } from '../support/tmux.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()
const test = testWith('bash', 'tmux')
/** What is drawn below what was said: the line that is typed, and the status. */
const LIVE = /^>|^lobby \|/

/** Somebody in a shell in tmux, who joins the lobby. */
function person(tmux: Tmux, nick: string): Pane {
  const pane = tmux.shell({ ...world.env, SWARMCHAT_HOME: newHome() })
  pane.enter(`'${process.execPath}' '${PROGRAM}' join lobby --nick ${nick}`)
  return pane
}

/** Three who see each other. */
async function meet() {
  const tmux = world.add(new Tmux())
  const ada = person(tmux, 'ada')
  await ada.shows(/nobody else is here yet/)
  const bob = person(tmux, 'bob')
  await bob.shows(/in the room with ada$/)
  const cyd = person(tmux, 'cyd')
  await Promise.all([ada, bob, cyd].map(each => each.shows(/^lobby \| 3 here/)))
  return { tmux, ada, bob, cyd }
}

/** How often a line ends so. */
const countIn = (lines: readonly string[], end: string) =>
  lines.filter(line => line.endsWith(end)).length

test('three talk: nicks completed, mentions, answers, changes, who is ignored', async () => {
  const { ada, bob, cyd } = await meet()
  ada.type('bo')
  ada.press('Tab')
  await ada.shows(/^> bob:/)
  ada.enter('here you are')
  await bob.shows(/ada: bob: here you are$/)
  bob.enter('/reply where?')
  await cyd.shows(/bob, to ada "bob: here you are": where\?$/)
  cyd.enter('/react 👍')
  await ada.shows(/\* cyd put 👍 to bob: where\?$/)
  ada.enter('/edit bob: there you are')
  await bob.shows(/\* ada edited what they said at \d\d:\d\d: bob: there you are$/)
  ada.enter('/ignore cyd')
  await ada.shows(/^Nothing of cyd is shown any more/)
  cyd.enter('ada cannot read this')
  await bob.shows(/cyd: ada cannot read this$/)
  bob.enter('ada can read this')
  await ada.shows(/bob: ada can read this$/)
  expect((await ada.lines()).join('\n')).not.toContain('cannot')
  // Each line once, on every screen.
  for (const pane of [ada, bob, cyd])
    expect(countIn(await pane.lines(), 'ada: bob: here you are')).toBe(1)
})

test('40 pasted lines are one message, and a draft outlives another room', async () => {
  const { ada, bob } = await meet()
  ada.paste(Array.from({ length: 40 }, (_, i) => `pasted ${i}`).join('\n'))
  await ada.shows(/40 lines: Enter sends them as one/)
  ada.press('Enter')
  await bob.shows(/pasted 39$/)
  const lines = await bob.lines()
  expect([countIn(lines, 'ada: pasted 0'), countIn(lines, ' | pasted 39')]).toEqual([1, 1])
  ada.enter('/join builds')
  await ada.shows(/^--- builds ---$/)
  ada.type('a draft')
  await ada.shows(/^> a draft$/)
  bob.enter('ping ada')
  await ada.shows(/Alt-1 lobby: 1 \(1 for you\)/)
  ada.press('M-1')
  await ada.shows(/bob: ping ada$/)
  ada.press('M-2')
  await ada.until(lines => lines.at(-2) === '> a draft')
})

test('a window of 20 columns, 40, 250 and back: each line once, one prompt, one status', async () => {
  const { ada, bob } = await meet()
  ada.type('a draft of mine that is longer than forty columns')
  await ada.shows(/^> a draft .* forty columns$/)
  const said: string[] = []
  for (const columns of [40, 20, 250, 80]) {
    ada.resize(columns)
    const text = `${'wide '.repeat(12)}${columns}`
    bob.enter(text)
    said.push(`bob: ${text}`)
    await ada.shows(new RegExp(`bob: (wide )+${columns}$`))
  }
  await ada.until(
    lines =>
      lines.at(-1)?.startsWith('lobby | 3 here') === true &&
      lines.at(-2) === '> a draft of mine that is longer than forty columns'
  )
  const lines = await ada.lines()
  expect(said.map(line => countIn(lines, line))).toEqual([1, 1, 1, 1])
  expect(lines.filter(line => line.startsWith('lobby |'))).toHaveLength(1)
})

test('Ctrl-Z gives the terminal to the shell, fg goes on where it was', async () => {
  const { ada, bob } = await meet()
  ada.type('half a li')
  await ada.shows(/^> half a li$/)
  ada.press('C-z')
  await ada.shows(/Stopped/)
  expect((await ada.lines()).filter(line => LIVE.test(line))).toEqual([])
  bob.enter('while you were away')
  await bob.shows(/bob: while you were away$/)
  ada.enter('echo shell $((6 * 7))')
  await ada.shows(/^shell 42$/)
  ada.enter('fg')
  await ada.shows(/bob: while you were away$/)
  await ada.shows(/^> half a li$/)
  ada.enter('ne')
  await bob.shows(/ada: half a line$/)
})

const FACTS = [
  'alternate_on',
  'cursor_flag',
  'insert_flag',
  'keypad_cursor_flag',
  'keypad_flag',
  'mouse_any_flag',
  'origin_flag',
  'wrap_flag'
]

/** How a terminal is: what the kernel knows of it, and what tmux does. */
async function stateOf(pane: Pane, when: string): Promise<unknown> {
  pane.enter(`echo ${when}: $(stty -g)`)
  const line = await pane.shows(new RegExp(`^${when}: [0-9a-f:]+$`))
  return [line.slice(when.length), await Promise.all(FACTS.map(fact => pane.fact(fact)))]
}

const MISTAKE = "process.once('SIGUSR2', () => { throw new Error('a mistake') })"

/** A program in a shell in another one, and how the terminal was before. */
async function startInside(tmux: Tmux, args: string, shown: RegExp) {
  const home = newHome()
  const [mistake, pids] = [join(home, 'mistake.cjs'), join(home, 'pids')]
  writeFileSync(mistake, MISTAKE)
  const pane = tmux.shell({ ...world.env, SWARMCHAT_HOME: join(home, 'home') })
  const before = await stateOf(pane, 'before')
  pane.enter('bash --norc --noprofile')
  const start = `'${process.execPath}' --require ${mistake} '${PROGRAM}' ${args}`
  pane.enter(`echo $$ > ${pids}; sh -c 'echo $$ >> ${pids}; exec "$@"' - ${start}`)
  await pane.shows(shown)
  const [shell = 0, program = 0] = readFileSync(pids, 'utf8').trim().split('\n').map(Number)
  return { pane, before, shell, program }
}

/** Ada in the lobby, and Bob, who sees her. */
async function meetInside() {
  const tmux = world.add(new Tmux())
  const inside = await startInside(tmux, 'join lobby --nick ada', /nobody else is here yet/)
  const { pane: ada } = inside
  const bob = person(tmux, 'bob')
  await bob.shows(/in the room with ada$/)
  ada.type('half a line')
  await ada.shows(/^> half a line$/)
  return { ...inside, ada, bob }
}

type Met = Awaited<ReturnType<typeof meetInside>>

test.each<[string, (met: Met) => void]>([
  ['Ctrl-C', ({ ada }) => ada.press('C-c')],
  ['kill', ({ program }) => void process.kill(program, 'SIGTERM')],
  ['a crash', ({ program }) => void process.kill(program, 'SIGUSR2')],
  ['kill -9 of the shell', ({ shell }) => void process.kill(shell, 'SIGKILL')]
])('after %s the terminal is as it was found, and the others know', async (_, end) => {
  const met = await meetInside()
  const { ada, before, bob, program } = met
  end(met)
  await bob.shows(/\* ada left$/)
  await gone(program)
  expect(await stateOf(ada, 'after')).toEqual(before)
  // A shell that comes back unawares writes behind what stands there.
  const left = (await ada.lines()).filter(line => LIVE.test(line) && !line.endsWith('Killed'))
  expect(left).toEqual([])
})

test.each([
  ['peers lobby --watch', /Looking for lobby/],
  ['join lobby --plain', /nobody else is here yet/]
])('%s leaves the terminal to the shell that has it as well', async (args, shown) => {
  const tmux = world.add(new Tmux())
  const inside = await startInside(tmux, args, shown)
  const { before, pane, program, shell } = inside
  process.kill(shell, 'SIGKILL')
  await gone(program)
  expect(await stateOf(pane, 'after')).toEqual(before)
})
