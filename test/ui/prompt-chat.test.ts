import { expect, test } from 'vitest'
import type { IdentityKey } from '../../src/base/ids.js'
import { DEFAULT_HABITS, type Habits, noHabits } from '../../src/ui/habits.js'
import { promptChat } from '../../src/ui/prompt-chat.js'
import { Screen } from '../support/screen.js'
import { until } from '../support/until.js'
import { fakeRoom, flushed, idOf, other } from './fake-room.js'

const [bob, cyd] = [other('b', 'bob'), other('c', 'cyd')]

/** A chat on a terminal in front of a person. */
function chatting(room = fakeRoom(), habits?: Habits) {
  const screen = new Screen()
  const stop = new AbortController()
  const io = {
    input: screen.input,
    output: screen.output,
    errors: screen.output,
    obeysEscapes: true,
    interrupted: stop.signal,
    interrupt: () => stop.abort(),
    suspend: () => {},
    onresume: () => () => {}
  }
  const done = promptChat(room.room, io, habits)
  /** The lines on the screen, without their times. */
  const lines = () => screen.emulator.lines.map(line => line.replace(/^\d\d:\d\d /, ''))
  const shows = (line: string) => until([screen], 'update', () => lines().includes(line))
  const happens = (holds: () => boolean) => until([screen], 'update', holds)
  return { ...room, screen, done, lines, shows, until: happens, leave: () => stop.abort() }
}

test('commands are obeyed, and the rest is said', async () => {
  const chat = chatting()
  chat.screen.type('hi\r/nick grace\r/who\r/help\r/dance\r/quit\r')
  await chat.done
  await chat.screen.settled()
  expect(chat.said).toEqual(['hi'])
  expect(chat.renamed).toEqual(['grace'])
  for (const line of [
    'Joining lobby as ada. /help lists the commands.',
    'You are now known as ada.',
    '1 in the room:',
    '! Unknown command /dance. /help lists the commands.'
  ])
    expect(chat.lines()).toContain(line)
  expect(chat.lines().join('\n')).toMatch(/^\/nick <name>/m)
})

test('nothing is said or shown after /quit, and the prompt is gone', async () => {
  const chat = chatting()
  chat.screen.type('first\r/quit\rsecond\r\u001b[200~third\u001b[201~\r')
  await chat.done
  await chat.screen.settled()
  expect(chat.said).toEqual(['first'])
  expect(chat.lines().at(-1)).not.toMatch(/^>/)
})

test('a paste is one message', async () => {
  const chat = chatting()
  await chat.screen.settled()
  chat.screen.paste('one\n/quit\ntwo\n')
  chat.screen.type('\r')
  await flushed()
  expect(chat.said).toEqual(['one\n/quit\ntwo'])
  chat.leave()
  await chat.done
})

test('a paste that is too long for one message is said in parts, and none of it is lost', async () => {
  const chat = chatting()
  await chat.screen.settled()
  const lines = Array.from({ length: 4_000 }, (_, i) => `line ${i}`)
  chat.screen.paste(lines.join('\n'))
  await flushed()
  chat.screen.type('\r')
  await flushed()
  expect(chat.said.length).toBeGreaterThan(3)
  expect(chat.said.join('\n').split('\n')).toEqual(lines)
  chat.leave()
  await chat.done
})

test('lines that wait to be sent when one leaves are told of', async () => {
  const chat = chatting()
  chat.screen.type('x\r'.repeat(1_500))
  await flushed()
  chat.leave()
  await chat.done
  await chat.screen.settled()
  expect(chat.lines().at(-1)).toBe(`* ${1_500 - chat.said.length} lines were not sent`)
})

test('what cannot be done is explained, and the chat goes on', async () => {
  const chat = chatting()
  chat.screen.type('too long\r')
  await chat.shows('! That cannot be sent: it is too long.')
  chat.screen.type('fine\r')
  await flushed()
  expect(chat.said).toEqual(['fine'])
  chat.leave()
  await chat.done
})

test('who was here before is named when we are in, who comes then is told', async () => {
  const chat = chatting()
  chat.join(bob)
  chat.hear(bob, 'long ago', 0, true)
  await chat.shows('* in the room with bob')
  expect(chat.lines()).not.toContain('* bob joined')
  expect(chat.lines()).toContain('bob: long ago')
  chat.join(cyd)
  await chat.shows('* cyd is here')
  chat.tell({ type: 'leave', ...bob })
  await chat.shows('* bob left')
  chat.screen.type('\u0003')
  await chat.done
})

test('nobody is there: told once that is known', async () => {
  const chat = chatting()
  await chat.shows('* in the room; nobody else is here yet')
  chat.screen.type('\u0004')
  await chat.done
})

test('a crowd is counted, not listed', async () => {
  const room = fakeRoom()
  for (const digit of '123456789') room.others.push(other(digit, `m${digit}`))
  const chat = chatting(room)
  await chat.shows('* in the room with m1, m2, m3, m4, m5 and 4 more')
  chat.leave()
  await chat.done
})

test('a second terminal of one identity is told that it is one, once', async () => {
  const chat = chatting()
  const self = other('a', 'ada')
  for (const device of ['e', 'f']) chat.find(device, 'present', self)
  const told = '* you are also here from another terminal or device; others see one member'
  await chat.shows(told)
  await chat.screen.settled()
  expect(chat.lines().filter(line => line === told)).toHaveLength(1)
  chat.leave()
  await chat.done
})

test('a room name cannot touch the terminal', async () => {
  const room = fakeRoom()
  Object.assign(room.room, { name: 'a\u202eb\u001b[2J' })
  const chat = chatting(room)
  await chat.shows('Joining a\uFFFDb\uFFFD[2J as ada. /help lists the commands.')
  chat.leave()
  await chat.done
})

const statusOf = (lines: readonly string[]) => lines.at(-1) ?? ''

test('a flood neither hides what is typed nor redraws what was printed', async () => {
  const chat = chatting()
  chat.screen.type('half a li')
  await chat.screen.settled()
  const before = chat.screen.written.length
  for (let n = 0; n < 1_000; n += 1) {
    chat.hear(bob, `said ${n}`, n)
    if (n % 50 === 0) {
      chat.screen.type('n')
      await flushed()
      expect(chat.screen.written).toContain(`half a li${'n'.repeat(n / 50 + 1)}`)
    }
  }
  await chat.screen.settled()
  const said = chat.lines().filter(line => /^bob: said \d+$/.test(line))
  expect(said).toEqual(Array.from({ length: 1_000 }, (_, n) => `bob: said ${n}`))
  // Rows that were drawn again: those of what is typed, at most once for a turn of the event loop.
  const written = chat.screen.written.slice(before)
  expect(written.match(/bob.{0,8}: said/g)).toHaveLength(1_000)
  expect(written.match(/> half/g)?.length).toBeLessThan(150)
  chat.leave()
  await chat.done
})

const HOSTILE = [
  '\u001b[2J\u001b[H\u001b]0;title\u0007\u001b]52;c;x\u0007\u009b2J\u001b[9A',
  '\u001b]8;;https://evil.example\u001b\\here\u001b]8;;\u001b\\ \u001bPq\u001b\\\u001b[?1049h',
  `a\u202eb\u2066c${'\u200b'.repeat(500)}d\u061c`,
  `e${'\u0301'.repeat(10_000)}`,
  'x'.repeat(100_000),
  'one\r\n12:00 * you were kicked\u2028three\u0085four\u000b\u000c',
  '*\u001b[31mred*\u001b[5m `\u001b[4m`'
]
// What we write ourselves: few styles, rows up, a row and what is below erased, no wrapping, marked pastes.
const OURS = /\p{Cc}\[(?:(?:0|1|2|7|1;38;5;\d+)m|[CJK]|\dA|\?7[hl]|\?2004h)|[\r\n]/gu

/** Everything that strangers can write in a room, as long as the protocol lets it be, and where it is shown again. */
function writeEverywhere(chat: ReturnType<typeof chatting>, all: string): void {
  const [text, subject, emoji, nick] = [8_192, 512, 48, 40].map(units => all.slice(0, units)) as [
    string,
    string,
    string,
    string
  ]
  const eve = other('e', nick)
  const { identity: from } = eve
  const [id, by] = [idOf(7), idOf(8)]
  const said = { id, from, nick, text, time: 1, history: false }
  const change = { id, by, from, time: 1, history: false }
  chat.join(eve)
  chat.tell({ type: 'message', message: { ...said, text: all } })
  chat.tell({ type: 'message', message: { ...said, id: by, replyTo: id, text: `/me ${text}` } })
  chat.tell({ type: 'message', message: { ...said, id: idOf(9), history: true, edited: 2 } })
  chat.tell({ type: 'edit', ...change, nick, text })
  for (const removed of [false, true]) chat.tell({ type: 'reaction', ...change, emoji, removed })
  chat.tell({ type: 'subject', ...change, nick, subject })
  chat.tell({ type: 'typing', identity: from, writing: true })
  chat.tell({
    type: 'direct',
    message: { ...said, id: idOf(10), to: 'a'.repeat(64) as IdentityKey, isRequest: true }
  })
  chat.tell({ type: 'direct-held', identity: from, nick, count: 2, people: 2 })
  chat.tell({ type: 'rename', identity: from, nick: `${nick}2`, previous: nick })
  chat.tell({ type: 'delete', ...change })
  const peer = { device: 'f'.repeat(64), identity: from, nick, reach: 'direct', text, hint: text }
  const found = [said, { ...said, text: `/me ${text}` }]
  Object.assign(chat.room, {
    peers: () => [peer],
    requests: () => [{ identity: from, nick, count: 1, time: 1 }],
    search: () => found,
    hasSearchedAll: true
  })
  for (const command of [
    'who',
    'why',
    'requests',
    'verify eeee',
    'history',
    'search x',
    'topic',
    'contact eeee'
  ])
    chat.screen.type(`/${command}\r`)
  chat.screen.type(`${nick.slice(0, 1)}\t\t\u0015/msg ${nick.slice(0, 1)}\t\u0015`)
  chat.tell({ type: 'leave', identity: from, nick: `${nick}2` })
}

test.each(HOSTILE)(
  'nothing that strangers write does anything, wherever it is shown: %#',
  async text => {
    const silent: Habits = { ...noHabits(), of: () => ({ ...DEFAULT_HABITS, bell: 'off' }) }
    const chat = chatting(fakeRoom(), silent)
    chat.hear(bob, 'before', 1)
    await chat.shows('bob: before')
    writeEverywhere(chat, text)
    await chat.screen.settled()
    chat.hear(bob, 'after', 2)
    await chat.shows('bob: after')
    await chat.screen.settled()
    const rest = chat.screen.written.replace(OURS, '')
    expect(/[\p{Cc}\u202e\u2066\u200b\u061c]/u.exec(rest)?.[0]).toBeUndefined()
    expect(/\p{M}{5}/u.test(rest)).toBe(false)
    const lines = chat.lines()
    for (const line of ['bob: before', 'bob: after'])
      expect(lines.filter(each => each === line)).toHaveLength(1)
    expect(lines.filter(line => line.startsWith('* you were kicked'))).toEqual([])
    expect(statusOf(lines)).toMatch(/^lobby \| \d here/)
    chat.leave()
    await chat.done
  }
)

test('the status tells of delivery, and changes without a line', async () => {
  const chat = chatting()
  await chat.shows('lobby | 1 here')
  const count = chat.lines().length
  chat.screen.type('hi\r')
  await chat.until(() => chat.said.length === 1)
  chat.tell({ type: 'receipt', id: idOf(1), have: 12, members: 14 })
  await chat.shows('lobby | 1 here | sent 12/14')
  expect(chat.lines().filter(line => line.startsWith('lobby |'))).toHaveLength(1)
  expect(chat.lines().length).toBeLessThanOrEqual(count + 3)
  chat.leave()
  await chat.done
})

test('a terminal rings for who names us and not for history, and no more than now and then', async () => {
  const chat = chatting()
  chat.hear(bob, 'ada, old', 1, true)
  await chat.shows('bob: ada, old')
  expect(chat.screen.written).not.toContain('\u0007')
  for (let n = 0; n < 100; n += 1) chat.hear(bob, `ada ${n}`, n)
  await chat.screen.settled()
  expect(chat.screen.written.split('\u0007')).toHaveLength(3)
  chat.leave()
  await chat.done
})

test('a terminal rings for what is said to us alone', async () => {
  const chat = chatting()
  const message = { id: idOf(7), from: bob.identity, nick: 'bob', text: 'psst', time: 1 }
  const to = chat.room.identity
  chat.tell({ type: 'direct', message: { ...message, to, history: true, isRequest: false } })
  await chat.until(() => chat.lines().some(line => line.endsWith('psst')))
  expect(chat.screen.written).not.toContain('\u0007')
  chat.tell({ type: 'direct', message: { ...message, to, history: false, isRequest: false } })
  await chat.until(() => chat.screen.written.includes('\u0007'))
  chat.leave()
  await chat.done
})

test('what Tab makes of a nick is who spoke last', async () => {
  const chat = chatting()
  chat.join(other('b', 'bob'))
  chat.join(other('c', 'bea'))
  chat.hear(other('c', 'bea'), 'hi', 5)
  chat.screen.type('b\tyes\r')
  await flushed()
  expect(chat.said).toEqual(['bea: yes'])
  chat.leave()
  await chat.done
})

test('a crowd that comes costs one line of signs', async () => {
  const chat = chatting()
  await chat.shows('* in the room; nobody else is here yet')
  for (let n = 16; n < 216; n += 1) chat.join(other(n.toString(16).slice(0, 1), `m${n}`))
  await chat.until(() => chat.lines().some(line => /^\* \+\d+$/.test(line)))
  expect(chat.lines().filter(line => line.startsWith('* m')).length).toBeLessThanOrEqual(5)
  chat.leave()
  await chat.done
})

test('ten thousand who come cost work for each, and never for all who are there', async () => {
  const chat = chatting()
  await chat.shows('* in the room; nobody else is here yet')
  let looks = 0
  const drawn = () => chat.screen.written.split('\u001b[?7h').length
  const before = drawn()
  const count = (name: 'members' | 'peers') => {
    const ask = chat.room[name].bind(chat.room)
    Object.assign(chat.room, {
      [name]: () => {
        looks += 1
        return ask()
      }
    })
  }
  count('members')
  count('peers')
  const turns = 100
  const begin = performance.now()
  for (let n = 0; n < 10_000; n += 1) {
    const identity = n.toString(16).padStart(64, '0') as IdentityKey
    chat.tell({ type: 'join', identity, nick: `m${n}` })
    if (n % (10_000 / turns) === 0) await new Promise(setImmediate)
  }
  const seconds = (performance.now() - begin) / 1_000
  // Once a second it is looked how everybody is reached.
  expect(looks).toBeLessThanOrEqual(2 + seconds)
  expect(drawn() - before).toBeLessThanOrEqual(2 * turns)
  chat.leave()
  await chat.done
})

test('the prompt is there before the room, and what was typed meanwhile counts', async () => {
  const room = fakeRoom()
  const screen = new Screen()
  const stop = new AbortController()
  const io = {
    ...{ input: screen.input, output: screen.output, errors: screen.output, obeysEscapes: true },
    ...{ interrupted: stop.signal, interrupt: () => stop.abort(), suspend: () => {} },
    onresume: () => () => {}
  }
  let open = (_: typeof room.room) => {}
  const opening = new Promise<typeof room.room>(resolve => {
    open = resolve
  })
  const done = promptChat(opening, io)
  screen.type('early\rhalf a li')
  await screen.settled()
  expect(screen.emulator.lines).toEqual(['> half a li'])
  open(room.room)
  await screen.settled()
  expect(room.said).toEqual(['early'])
  screen.type('ne\r')
  await flushed()
  expect(room.said).toEqual(['early', 'half a line'])
  stop.abort()
  await done
})

test('a room that cannot be opened ends the chat with the reason, and takes the prompt away', async () => {
  const screen = new Screen()
  const io = {
    ...{ input: screen.input, output: screen.output, errors: screen.output, obeysEscapes: true },
    ...{ interrupted: new AbortController().signal, interrupt: () => {}, suspend: () => {} },
    onresume: () => () => {}
  }
  await expect(promptChat(Promise.reject(new Error('no disk')), io)).rejects.toThrow('no disk')
  await screen.settled()
  expect(screen.emulator.lines).toEqual([])
})

test('others are told that somebody writes a line, and of a command nothing', async () => {
  const chat = chatting()
  chat.join(bob)
  await chat.screen.settled()
  for (const key of ['/', 'w', '\u0015', 'h', 'i', '\u0015']) chat.screen.type(key)
  await flushed()
  // Whether it is said once more is the room's business.
  expect(chat.typed).toEqual([false, true, true, false])
  chat.tell({ type: 'typing', identity: bob.identity, writing: true })
  await chat.shows('lobby | 2 here | bob is writing')
  expect(chat.lines().filter(line => line.includes('writing'))).toHaveLength(1)
  chat.hear(bob, 'done', 1)
  await chat.shows('lobby | 2 here')
  chat.leave()
  await chat.done
})

test('who wants nobody to know that they write does not see it of others', async () => {
  const of = () => ({ ...DEFAULT_HABITS, typing: false })
  const chat = chatting(fakeRoom(), { ...noHabits(), of })
  chat.join(bob)
  chat.tell({ type: 'typing', identity: bob.identity, writing: true })
  chat.screen.type('hi')
  await chat.shows('lobby | 2 here')
  expect(chat.typed).toEqual([])
  chat.leave()
  await chat.done
})
