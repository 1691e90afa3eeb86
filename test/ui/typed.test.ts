import { expect, test } from 'vitest'
import { obeyTyped } from '../../src/ui/typed.js'
import { fakeRoom } from './fake-room.js'

/** A room with these members besides ourselves, and what typing does there. */
function typing(...members: object[]) {
  const { renamed, room, said } = fakeRoom()
  const all = [...room.members(), ...members]
  Object.assign(room, { members: () => all })
  let quits = 0
  const parts = {
    room,
    say: (text: string) => room.say(text),
    quit: () => {
      quits += 1
    }
  }
  return { said, renamed, quits: () => quits, type: (text: string) => obeyTyped(parts, text) }
}

const bot = (...commands: string[]) => ({
  identity: 'b'.repeat(64),
  nick: 'dice',
  bot: true,
  commands
})
const person = (...commands: string[]) => ({ ...bot(...commands), nick: 'eve', bot: false })
const unknown = (command: string) => [`! Unknown command /${command}. /help lists the commands.`]

test('a command that a bot obeys goes to the room, in any case of letters and also by its nick', () => {
  const { said, type } = typing(bot('roll', 'stats'))
  for (const text of ['/roll 2d6', ' /ROLL 3', '/roll@dice']) expect(type(text)).toEqual([])
  expect(said).toEqual(['/roll 2d6', '/ROLL 3', '/roll@dice'])
})

test('any other is not said aloud, whoever is there', () => {
  for (const others of [[], [bot()], [bot('roll')], [person('nik')]]) {
    const { said, type } = typing(...others)
    expect(type('/nik grace')).toEqual(unknown('nik'))
    expect(type('/Foo\u001b[2J')).toEqual(unknown('foo\uFFFD[2j'))
    expect(type('/')).toEqual(unknown(''))
    expect(said).toEqual([])
  }
})

test.each(['/msg@dice cyn secret', '/w cyn secret', '/join@dice den', '/me waves'])(
  '%s is never said aloud, also where a bot claims to obey it',
  text => {
    const { said, type } = typing(bot('msg', 'w', 'join', 'me'))
    const [command = ''] = text.slice(1).toLowerCase().split(' ')
    expect(type(text)).toEqual([expect.stringMatching(`^! Unknown command /${command}\\. [A-Z]`)])
    expect(said).toEqual([])
  }
)

test('words for one member go to that one alone, and to nobody if two are called so', () => {
  const eve = { ...person(), identity: 'e'.repeat(64) }
  const { room, said } = fakeRoom()
  const sent: unknown[] = []
  const judged: unknown[] = []
  const direct = (...words: unknown[]) => sent.push(words)
  const judge = (...words: unknown[]) => judged.push(words)
  const members = [...room.members(), person(), bot()]
  Object.assign(room, { direct, judge, members: () => members })
  const parts = { room, say: (text: string) => room.say(text), quit: () => {} }
  const type = (text: string) => obeyTyped(parts, text)
  expect(type('/MSG eve  hello there')).toEqual([])
  expect(type('/ignore EVE')).toEqual([])
  expect(sent).toEqual([['b'.repeat(64), 'hello there']])
  expect(judged).toEqual([['b'.repeat(64), false]])
  expect(type('/msg cyn secret')).toEqual(['! Nobody here is called cyn. /who lists the members.'])
  members.push(eve)
  expect(type('/msg eve secret')).toEqual([
    '! Several are called eve. Give the key of one: bbbbbbbb, eeeeeeee'
  ])
  expect([sent.length, said]).toEqual([1, []])
})

test('two slashes say a line that begins with one; help for bots included', () => {
  const { said, type } = typing()
  expect(type('//etc/passwd')).toEqual([])
  expect(type('//help')).toEqual([])
  expect(said).toEqual(['/etc/passwd', '/help'])
})

test('a text of several lines is said as it is, whatever it begins with', () => {
  const { quits, said, type } = typing()
  expect(type('/quit\nnow')).toEqual([])
  expect([said, quits()]).toEqual([['/quit\nnow'], 0])
})

test('our own commands, in any case of letters and after blanks', () => {
  const { quits, renamed, type } = typing(bot('who', 'quit'))
  expect(type(' /WHO')).toEqual([expect.stringMatching(/^2 in the room/)])
  expect(type('/Nick grace')).toEqual([expect.stringMatching(/^You are/)])
  expect(type('/quit now please')).toEqual([])
  expect([renamed, quits()]).toEqual([['grace'], 1])
})

test('/help names what bots obey, safe to show', () => {
  expect(typing(bot('roll', 'x\u001b[2J')).type('/help').at(-1)).toBe(
    'Bots here obey: /roll /x\uFFFD[2J'
  )
  expect(typing().type('/help').join()).not.toMatch(/Bots here/)
})
