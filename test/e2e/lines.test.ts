import { describe, expect, it } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

// What people and programs see who have no prompt: pipes, and terminals that obey no escape sequences.

const world = useCli()

const start = (nick: string, ...flags: string[]) =>
  world.start(['join', 'lobby', '--nick', nick, ...flags])

/** What was said, without times and notices. */
const said = (lines: readonly string[]) =>
  lines.map(line => line.replace(/^\d\d:\d\d /, '')).filter(line => !line.startsWith('*'))

describe('a pipe', () => {
  it('is told apart that it is in the room, and prints what is said from then on', async () => {
    const bob = start('bob', '--json')
    await bob.object('ready')
    bob.say('long ago')
    await bob.object('message')
    const log = start('log')
    await log.error(/^swarmchat: in the room/)
    bob.say('now')
    await log.line(/bob: now$/)
    expect(said(log.lines)).toEqual(['bob: now'])
    const all = start('all', '--history')
    await all.line(/bob: now$/)
    expect(said(all.lines)).toEqual(['bob: long ago', 'bob: now'])
  })

  it('says what it has read of a last line before it leaves', async () => {
    const bob = start('bob', '--json')
    await bob.object('ready')
    const log = start('log')
    log.child.stdin.write('whole\nhalf a line')
    await bob.object('message', o => o.text === 'whole')
    expect(await log.kill('SIGTERM')).toBe(0)
    await bob.object('message', o => o.text === 'half a line')
    expect(log.errors.join()).not.toMatch(/was left/)
  })

  it('with --json is safe to look at, and exact', async () => {
    const bob = start('bob', '--json')
    await bob.object('ready')
    bob.say('\u009b31m\u202e\u2028')
    const message = await bob.object('message')
    expect(message.text).toBe('\u009b31m\u202e\u2028')
    expect(bob.lines.join('')).toContain('\\u009b31m\\u202e\\u2028')
  })
})

describe('a terminal that obeys no escape sequences', () => {
  it('is given plain lines, commands are obeyed, and Ctrl-D leaves', async () => {
    const bob = start('bob', '--json')
    await bob.object('ready')
    const command = [process.execPath, PROGRAM, 'join', 'lobby', '--nick', 'ada']
    const env = { ...world.env, SWARMCHAT_HOME: newHome(), TERM: 'dumb' }
    const ada = world.add(new TerminalWindow(command, { env }))
    await ada.shows(/bob/)
    ada.type('hello\r')
    await bob.object('message', o => o.text === 'hello')
    bob.say('hi')
    await ada.shows(/bob: hi$/)
    ada.type('/who\r')
    await ada.shows(/^2 in the room:$/)
    await ada.shows(/^ *bob +[0-9a-f]{8} /)
    ada.type('\u0004')
    await bob.object('leave', o => o.nick === 'ada')
    expect(await ada.exited).toBe(0)
    expect(ada.written).not.toContain('\u001b')
  })
})
