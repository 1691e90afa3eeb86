import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Cli, newHome, PROGRAM } from '../support/cli.js'
import { type TerminalOptions, TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const [HOME, END, ERASE_ALL] = ['\u0001', '\u0005', '\u0015']
const [CTRL_C, CTRL_D, CTRL_Z] = ['\u0003', '\u0004', '\u001a']
const LEFT = '\u001b[D'
/** What is drawn below what was said: the line that is typed, and the status. */
const LIVE = /^>|^lobby \|/

const world = useCli()

/** Somebody who talks from a script. */
const speaker = (nick: string) => world.start(['join', 'lobby', '--json', '--nick', nick])

/** A program on a terminal, in a home of its own. */
function onTerminal(command: string[], options: TerminalOptions = {}): TerminalWindow {
  const env = { ...world.env, SWARMCHAT_HOME: newHome(), ...options.env }
  return world.add(new TerminalWindow(command, { ...options, env }))
}

/** A person and a script that see each other. */
async function meet(options: TerminalOptions = {}) {
  const bob = speaker('bob')
  await bob.object('ready')
  const ada = onTerminal([process.execPath, PROGRAM, 'join', 'lobby', '--nick', 'ada'], options)
  await bob.object('join', o => o.nick === 'ada')
  await ada.shows(/bob/)
  return { ada, bob }
}

/** Bob says something, and ada's terminal has been told to show it, wherever that ended. */
async function hear(ada: TerminalWindow, bob: Cli, text: string): Promise<void> {
  bob.say(text)
  await ada.until(() => ada.written.includes(text))
}

const counts = (pty: TerminalWindow, texts: readonly string[]) =>
  texts.map(text => pty.lines.filter(line => line.endsWith(text)).length)

describe('what was said stays on the screen', () => {
  it('while a line of one to four rows is typed, the cursor anywhere in it', async () => {
    const { ada, bob } = await meet({ columns: 40 })
    const said: string[] = []
    for (const rows of [1, 2, 3, 4]) {
      for (const keys of [HOME, LEFT.repeat(rows * 20), END]) {
        ada.type(`${'x'.repeat(rows * 40 - 10)}${said.length}.`)
        await ada.shows(new RegExp(`x${said.length}\\.`))
        ada.type(keys)
        await hear(ada, bob, `said ${said.length}!`)
        said.push(`said ${said.length}!`)
        ada.type(END + ERASE_ALL)
      }
    }
    await hear(ada, bob, 'the last one')
    expect(counts(ada, said)).toEqual(said.map(() => 1))
  })

  it('while the window is resized and a long line is typed', async () => {
    const { ada, bob } = await meet({ columns: 60 })
    const said: string[] = []
    ada.type('A line that is typed for a while.'.repeat(3))
    await ada.shows(/while\.$/)
    for (const columns of [30, 45, 20, 80, 40, 60]) {
      ada.resize(columns, 24)
      await hear(ada, bob, `at ${columns}!`)
      said.push(`at ${columns}!`)
    }
    ada.type('\r')
    await bob.object('message', o => o.text === 'A line that is typed for a while.'.repeat(3))
    expect(counts(ada, said)).toEqual(said.map(() => 1))
  })

  it('while flags, families and wide letters are typed key by key', async () => {
    const { ada, bob } = await meet({ columns: 21 })
    const said: string[] = []
    for (const text of [
      '🇩🇪'.repeat(9),
      '漢'.repeat(40),
      '👩‍👩‍👧‍👦'.repeat(10),
      `a ${'\t'.repeat(20)}b`
    ]) {
      await hear(ada, bob, `${said.length}!`)
      said.push(`${said.length}!`)
      for (const character of text) ada.type(character)
      ada.type('\r')
      await bob.object('message', o => o.text === text)
    }
    expect(counts(ada, said)).toEqual(said.map(() => 1))
  })
})

describe('a paste', () => {
  it('is one message; no command in it is obeyed, and nothing of it is lost', async () => {
    const { ada, bob } = await meet()
    await ada.until(() => ada.marksPastes)
    ada.paste('first\n/quit\nlast')
    await ada.shows(/last$/)
    ada.type('\r')
    await bob.object('message', o => o.text === 'first\n/quit\nlast')
    ada.type('still here\r')
    await bob.object('message', o => o.text === 'still here')
  })

  it('into a terminal that does not mark it says nothing after /quit', async () => {
    const { ada, bob } = await meet()
    ada.type('first\r/quit\rlast\r')
    await bob.object('leave', o => o.nick === 'ada')
    expect(await ada.exited).toBe(0)
    expect(bob.texts()).toEqual(['first'])
  })
})

describe('leaving', () => {
  it.each([
    ['Ctrl-D', CTRL_D],
    ['Ctrl-C', CTRL_C],
    ['/quit', '/quit\r']
  ])('%s leaves the terminal as it was', async (_, keys) => {
    const { ada, bob } = await meet()
    ada.type(keys)
    await bob.object('leave', o => o.nick === 'ada')
    expect(await ada.exited).toBe(0)
    await ada.until(() => !ada.marksPastes)
    expect(ada.lines.filter(line => LIVE.test(line))).toEqual([])
  })

  it('Ctrl-C twice ends it at once, and the terminal is as it was', async () => {
    const { ada } = await meet()
    ada.type(CTRL_C + CTRL_C)
    expect([0, 130]).toContain(await ada.exited)
    await ada.until(() => !ada.marksPastes)
  })

  it('a mistake that ends the program leaves the terminal as it was', async () => {
    const bob = speaker('bob')
    await bob.object('ready')
    const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
    const mistake = join(directory, 'mistake.cjs')
    const make = "process.once('SIGUSR2', () => { throw new Error('a mistake') })"
    writeFileSync(
      mistake,
      `${make}\nrequire('fs').writeFileSync('${directory}/pid', \`\${process.pid}\`)`
    )
    const run = `'${process.execPath}' --require ${mistake} '${PROGRAM}' join lobby --nick ada`
    const state = (when: string) => `stty -g > ${directory}/${when}`
    const ada = onTerminal(['sh', '-c', `${state('before')}; ${run}; ${state('after')}; echo over`])
    await bob.object('join', o => o.nick === 'ada')
    ada.type('half a line')
    await ada.shows(/^> half a line$/)
    process.kill(Number(readFileSync(join(directory, 'pid'), 'utf8')), 'SIGUSR2')
    await ada.shows(/over$/)
    await ada.exited
    const stateOf = (when: string) => readFileSync(join(directory, when), 'utf8')
    expect(stateOf('after')).toBe(stateOf('before'))
    expect(ada.marksPastes).toBe(false)
  })

  it('a shell that is killed takes the chat along, which says goodbye', async () => {
    const bob = speaker('bob')
    await bob.object('ready')
    const ada = onTerminal(['sh', '-i'], { env: { PS1: '$ ', ENV: '' } })
    ada.type(`'${process.execPath}' '${PROGRAM}' join lobby --nick ada\r`)
    await bob.object('join', o => o.nick === 'ada')
    await ada.shows(/in the room with bob/)
    process.kill(await ada.pid, 'SIGKILL')
    await bob.object('leave', o => o.nick === 'ada')
  })

  it('closing the window is a leaving, told to the others', async () => {
    const { ada, bob } = await meet()
    ada.type('half a line')
    ada.hangUp()
    await bob.object('leave', o => o.nick === 'ada')
    expect(await ada.exited).toBe(0)
  })
})

describe('job control, as for any program, also when npx runs it', () => {
  // npx must not ask anybody for a newer npm.
  const NPM = { npm_config_offline: 'true', npm_config_update_notifier: 'false' }

  function shell(): TerminalWindow {
    return onTerminal(['sh', '-i'], { env: { ...NPM, PS1: '$ ', ENV: '' } })
  }

  it('Ctrl-Z gives the terminal to the shell, fg brings prompt and screen back', async () => {
    const bob = speaker('bob')
    await bob.object('ready')
    const ada = shell()
    ada.type('npx swarmchat join lobby --nick ada\r')
    await bob.object('join', o => o.nick === 'ada')
    ada.type('half a li')
    await ada.shows(/^> half a li$/)
    ada.type(CTRL_Z)
    await ada.shows(/Stopped/)
    expect(ada.marksPastes).toBe(false)
    bob.say('while you were away')
    ada.type('echo shell $((6 * 7))\r')
    await ada.shows(/shell 42$/)
    ada.type('fg\r')
    await ada.shows(/while you were away/)
    await ada.until(() => ada.marksPastes)
    ada.type('ne\r')
    await bob.object('message', o => o.text === 'half a line')
    ada.type(CTRL_C)
    await bob.object('leave', o => o.nick === 'ada')
    ada.type('echo $((7 * 7)) again\r')
    await ada.shows(/49 again$/)
  })

  it('Ctrl-Z stops a pipeline, fg lets it go on', async () => {
    const bob = speaker('bob')
    await bob.object('ready')
    const log = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'log')
    appendFileSync(log, 'first\n')
    const ada = shell()
    ada.type(`tail -f ${log} | npx swarmchat join lobby --nick ada\r`)
    await bob.object('message', o => o.text === 'first')
    ada.type(CTRL_Z)
    await ada.shows(/Stopped/)
    ada.type('echo shell $((6 * 7))\r')
    await ada.shows(/shell 42$/)
    appendFileSync(log, 'second\n')
    ada.type('fg\r')
    await bob.object('message', o => o.text === 'second')
    ada.type(CTRL_C)
    await bob.object('leave', o => o.nick === 'ada')
  })
})
