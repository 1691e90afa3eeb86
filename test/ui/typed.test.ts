import { expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../src/base/ids.js'
import type { MadeTicket, TicketTerms } from '../../src/room/admission/tickets.js'
import type { Saying } from '../../src/room/sending/speak.js'
import { acceptKnown } from '../../src/ui/accept-known.js'
import { noHabits } from '../../src/ui/habits.js'
import type { Talk } from '../../src/ui/slash/command.js'
import { obeyTyped } from '../../src/ui/typed.js'
import { viewOf } from '../../src/ui/view-of.js'
import { fakeRoom, other } from './fake-room.js'

/** A room with these members besides ourselves, and what typing does there. */
function typing(...members: object[]) {
  const { renamed, room, said } = fakeRoom()
  const all = [...room.members(), ...members]
  Object.assign(room, { members: () => all })
  const put: Saying[] = []
  let quits = 0
  let waiting = 0
  const habits = noHabits()
  const parts: Talk = {
    room,
    habits,
    view: viewOf(room, habits),
    waiting: () => waiting,
    say: (text: string) => void room.say(text),
    put: (saying: Saying) => void put.push(saying),
    quit: () => {
      quits += 1
    }
  }
  const wait = (count: number) => {
    waiting = count
  }
  const type = (text: string) => [...obeyTyped(parts, text)]
  return { room, put, said, renamed, quits: () => quits, wait, type, habits, view: parts.view }
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
    expect(said).toEqual([])
  }
})

test('a slash alone says where the commands are, and how to say one', () => {
  const { said, type } = typing()
  const hint = ['! /help lists the commands. //text says /text.']
  for (const text of ['/', ' / ', '/ by noon']) expect(type(text)).toEqual(hint)
  expect(said).toEqual([])
})

test.each(['/msg@dice cyn secret', '/w cyn secret', '/j@dice den'])(
  '%s is never said aloud, also where a bot claims to obey it',
  text => {
    const { said, type } = typing(bot('msg', 'w', 'j'))
    const [command = ''] = text.slice(1).toLowerCase().split(' ')
    expect(type(text)).toEqual([expect.stringMatching(`^! Unknown command /${command}\\. [A-Z]`)])
    expect(said).toEqual([])
  }
)

test('words for one member go to that one alone, and to nobody if two are called so', () => {
  const eve = { ...person(), identity: 'e'.repeat(64) }
  const { put, said, type } = typing(person(), bot())
  expect(type('/MSG eve  hello there')).toEqual([])
  const to = 'b'.repeat(64)
  expect(put).toEqual([{ type: 'direct', to, text: 'hello there' }])
  expect(type('/msg cyn secret')).toEqual(['! Nobody here is called cyn. /who lists the members.'])
  expect(type('/msg eve')).toEqual(['! What to say is missing. /msg <peer> <it>: to one alone'])
  const two = typing(person(), eve)
  expect(two.type('/msg eve secret')).toEqual([
    '! More than one is called eve. Say which: bbbbbbbb or eeeeeeee'
  ])
  expect([put.length, said, two.put, two.said]).toEqual([1, [], [], []])
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
  expect(type(' /WHO')[0]).toBe('2 in the room:')
  expect(type('/nick ')).toEqual(['! Something is missing. /nick <name>: what you are called'])
  expect(type('/Nick grace')).toEqual([expect.stringMatching(/^You are/)])
  expect(type('/quit now please')).toEqual([])
  expect([renamed, quits()]).toEqual([['grace'], 1])
})

test('/help with the name of a command tells of that one alone, however it is typed', () => {
  const { type } = typing(bot('roll'))
  expect(type('/help who')).toEqual(['/who  who is here'])
  expect(type('/help /Nick ')).toEqual(['/nick <name>  what you are called'])
  expect(type('/help kick')).toEqual([expect.stringMatching(/^! Unknown command \/kick\. Nobody/)])
  expect(type('/help x\u001b[2J')).toEqual([
    '! Unknown command /x\uFFFD[2j. /help lists the commands.'
  ])
  expect(type('/help join')).toEqual([expect.stringMatching(/^! \/join needs the screen/)])
  expect(type('/help roll')).toEqual(['A bot here obeys /roll. //help roll asks it how.'])
})

test('/help names what bots obey, safe to show', () => {
  expect(typing(bot('roll', 'x\u001b[2J')).type('/help').at(-1)).toBe(
    'Bots here obey: /roll /x\uFFFD[2J'
  )
  expect(typing().type('/help').join()).not.toMatch(/Bots here/)
})

test('/me says what somebody does', () => {
  const { said, type } = typing()
  expect(type('/me waves')).toEqual([])
  expect(said).toEqual(['/me waves'])
  expect(type('/me')).toEqual(['! Something is missing. /me <waves>: say what you do'])
})

test('/who is a table', () => {
  const { habits, type } = typing(bot('roll'), { ...person(), identity: 'c'.repeat(64) })
  habits.contacts.setIgnored('c'.repeat(64) as IdentityKey, true)
  const [ada = '', ...others] = type('/who').slice(1)
  expect(ada).toMatch(/^ada {3}aaaaaaaa {2}you +since \d\d:\d\d$/)
  expect(others).toEqual([
    'dice  bbbbbbbb  bot      over others',
    'eve   cccccccc  ignored  over others'
  ])
})

test('/ignore is by identity, and lasts until /unignore', () => {
  const { habits, type } = typing(person())
  expect(type('/ignore nobody')).toEqual([expect.stringMatching(/^! Nobody here is called nobody/)])
  expect(type('/ignore ada')).toEqual([expect.stringMatching(/^! ada is you/)])
  expect(type('/unignore eve')).toEqual(['! eve is not ignored.'])
  expect(type('/ignore EVE')[0]).toMatch(/^Nothing of eve is shown any more/)
  expect(habits.contacts.isIgnored('b'.repeat(64) as IdentityKey)).toBe(true)
  expect(type('/unignore bbbb')[0]).toMatch(/shown again/)
  expect(habits.contacts.all()).toEqual([])
})

test('of two who are called the same, one says which by the key', () => {
  const { type } = typing(person(), { ...person(), identity: 'c'.repeat(64) })
  expect(type('/ignore eve')).toEqual([
    '! More than one is called eve. Say which: bbbbbbbb or cccccccc'
  ])
  expect(type('/ignore cccc')[0]).toMatch(/^Nothing of eve \(cccccccc\) is shown/)
})

test('/quit asks once if somebody would miss something', () => {
  const { quits, type, wait } = typing()
  wait(2)
  expect(type('/quit')).toEqual([
    '2 lines waiting that nobody has; quit anyway? Then /quit once more.'
  ])
  expect(quits()).toBe(0)
  expect(type('/quit')).toEqual([])
  expect(quits()).toBe(1)
})

test('what needs a screen says so where there is none', () => {
  expect(typing().type('/join builds')).toEqual([
    '! /join needs the screen: swarmchat join <room> --no-plain'
  ])
})

test('a line that was shown can be answered, edited, deleted and reacted to: the last, or one further back', () => {
  const { put, room, type, view } = typing()
  const say = (digit: string, from: string) => {
    const message = {
      id: digit.repeat(64) as MessageId,
      from,
      nick: 'x',
      text: digit,
      time: 1,
      history: false
    }
    view.take({ type: 'message', message } as never, 1)
    return message.id
  }
  const [theirs, mine, last] = [
    say('1', 'b'.repeat(64)),
    say('2', room.identity),
    say('3', 'b'.repeat(64))
  ]
  for (const text of [
    '/reply yes',
    '/reply ^2 no',
    '/edit better',
    '/delete',
    '/react 👍',
    '/react ^2 x',
    '/unreact ^3 x'
  ])
    expect(type(text), text).toEqual([])
  expect(put).toEqual([
    { type: 'say', replyTo: last, text: 'yes' },
    { type: 'say', replyTo: theirs, text: 'no' },
    { type: 'edit', id: mine, text: 'better' },
    { type: 'delete', id: mine },
    { type: 'react', id: last, emoji: '👍', removed: false },
    { type: 'react', id: mine, emoji: 'x', removed: false },
    { type: 'react', id: theirs, emoji: 'x', removed: true }
  ])
})

test('nothing is about a line of who was ignored after it', () => {
  const eve = other('e', 'eve')
  const { put, type, view } = typing(eve)
  const take = (digit: string, from: string) => {
    const message = { id: digit.repeat(64), from, nick: 'x', text: 'x', time: 1, history: false }
    view.take({ type: 'message', message } as never, 1)
  }
  take('1', 'b'.repeat(64))
  take('2', eve.identity)
  type('/ignore eve')
  expect(type('/reply yes')).toEqual([])
  expect(put).toEqual([{ type: 'say', replyTo: '1'.repeat(64), text: 'yes' }])
  expect(type('/react ^2 x')).toEqual(['! There is no such line to see.'])
})

test('what is typed about a private message is never said to all', () => {
  const { put, room, type, view } = typing()
  const [ben, me] = ['b'.repeat(64), room.identity]
  const line = { nick: 'x', text: 'x', time: 1, history: false, isRequest: false }
  const take = (type: string, digit: string, from: string, to?: string) =>
    view.take({ type, message: { ...line, id: digit.repeat(64), from, to } } as never, 1)
  take('message', '1', ben)
  take('message', '2', me)
  take('direct', '3', ben, me)
  expect(type('/reply my password')).toEqual([])
  expect(put).toEqual([{ type: 'direct', to: ben, text: 'my password' }])
  const refused = ['! A private message can only be answered: /reply']
  expect(type('/react 👍')).toEqual(refused)
  take('direct', '4', me, ben)
  for (const text of ['/edit my other password', '/delete']) expect(type(text)).toEqual(refused)
  expect(put).toHaveLength(1)
  expect(type('/reply ^2 to all')).toEqual([])
  expect(put.at(-1)).toEqual({ type: 'say', replyTo: '1'.repeat(64), text: 'to all' })
})

test('who was accepted is, in every room, from then on', () => {
  const eve = other('e', 'eve')
  const { habits, room, type } = typing(eve)
  const judged: unknown[] = []
  Object.assign(room, { judge: (...of: unknown[]) => judged.push(of) })
  expect(type('/accept eve')[0]).toMatch(/is shown from now on/)
  expect(judged).toEqual([[eve.identity, true]])
  acceptKnown(room, habits.contacts)
  expect(judged).toHaveLength(2)
  type('/ignore eve')
  expect(habits.contacts.isAccepted(eve.identity)).toBe(false)
})

test('whoever takes the digits of a key for a nick gets nothing that is for that key', () => {
  const { put, room, type, view } = typing({ ...other('e', '8a88e3dd'), devices: [], commands: [] })
  expect(type('/msg 8a88e3dd it is secret')[0]).toMatch(/^! Nobody here is called 8a88e3dd/)
  expect(put).toEqual([])
  const ann = `8a88e3dd${'0'.repeat(56)}`
  const line = { id: '1'.repeat(64), nick: 'ann', text: 'x', time: 1, history: false, from: ann }
  view.take({ type: 'message', message: line } as never, 1)
  type('/msg 8A88E3DD it is secret')
  expect(put).toEqual([{ type: 'direct', to: ann, text: 'it is secret' }])
  expect(room.identity).not.toBe(ann)
})

test('strangers whose private messages wait are listed, and found by what they are called', () => {
  const { habits, room, type } = typing()
  expect(type('/requests')).toEqual(['No private message of a stranger waits.'])
  const [eve, ian] = [other('e', 'eve'), other('f', 'ian')].map(({ identity, nick }) => {
    return { identity, nick, count: 2, time: new Date(2026, 1, 1, 9, 5).getTime() }
  })
  const judged: unknown[] = []
  Object.assign(room, { requests: () => [eve, ian], judge: (...of: unknown[]) => judged.push(of) })
  expect(type('/requests').slice(1, 3)).toEqual([
    'eve  eeeeeeee  2 messages  from 09:05',
    'ian  ffffffff  2 messages  from 09:05'
  ])
  type('/ignore eve')
  expect(type('/requests').slice(1, -1)).toEqual(['ian  ffffffff  2 messages  from 09:05'])
  type('/unignore eve')
  type('/accept ian')
  expect(judged).toEqual([
    [eve?.identity, false],
    [eve?.identity, undefined],
    [ian?.identity, true]
  ])
  acceptKnown(room, habits.contacts)
  expect(judged.at(-1)).toEqual([ian?.identity, true])
})

test('what cannot be meant is not said', () => {
  const { put, type } = typing()
  expect(type('/reply')).toEqual(['! Something is missing. /reply <text>: answer the last line'])
  expect(type('/edit')).toEqual(['! Something is missing. /edit <text>: say yours anew'])
  expect(type('/edit ^2')).toEqual(['! Something is missing. /edit <text>: say yours anew'])
  expect(type('/delete all of it')).toEqual([
    '! Nothing but ^2, for an earlier line, may follow. /delete: take yours back'
  ])
  expect(type('/reply hello')).toEqual(['! There is no such line to see.'])
  expect(type('/edit ^7 hello')).toEqual(['! There is no such line of yours to see.'])
  expect(put).toEqual([])
})

test('what was said is found and shown again, but for those who are ignored', () => {
  const { habits, room, type } = typing()
  const eve = 'e'.repeat(64) as IdentityKey
  const line = { id: '1', nick: 'ben', text: 'the \u001b[2J plan', time: 0, history: true }
  const asked: unknown[] = []
  Object.assign(room, {
    hasSearchedAll: true,
    search: (...query: unknown[]) => {
      asked.push(query)
      return [
        { ...line, from: 'b'.repeat(64) },
        { ...line, nick: 'eve', from: eve }
      ]
    }
  })
  habits.contacts.isIgnored = identity => identity === eve
  expect(type('/search plan')).toEqual([expect.stringMatching(/ben: the \ufffd\[2J plan$/)])
  expect(type('/history 7')).toHaveLength(1)
  expect(asked).toEqual([
    ['plan', { limit: 20 }],
    ['', { limit: 7 }]
  ])
  expect(type('/history x')).toEqual([
    '! x is no number of lines. /history [n]: the last lines again'
  ])
  expect(type('/search')).toEqual(['! Something is missing. /search <text>: find what was said'])
})

test('a search that has not read everything yet says so', () => {
  const { room, type } = typing()
  const lines: unknown[] = []
  Object.assign(room, { hasSearchedAll: false, search: () => lines })
  const notAll = '! Older lines are still being read. /search once more finds those, too.'
  expect(type('/search plan')).toEqual([notAll])
  lines.push({ id: '1', nick: 'ben', text: 'plan', time: 0, history: true, from: 'b'.repeat(64) })
  expect(type('/search plan')).toEqual([expect.stringMatching(/ben: plan$/), notAll])
  Object.assign(room, { hasSearchedAll: true })
  expect(type('/search plan')).toEqual([expect.stringMatching(/ben: plan$/)])
})

test('whom a private message is for may have a nick with blanks, and is not oneself', () => {
  const ann = { identity: 'c'.repeat(64), nick: 'ann' }
  const lee = { identity: 'd'.repeat(64), nick: 'ann lee' }
  const { put, type } = typing(ann, lee)
  expect(type('/msg ann lee  see you')).toEqual([])
  expect(type('/msg ann see you')).toEqual([])
  expect(put).toEqual([
    { type: 'direct', to: lee.identity, text: 'see you' },
    { type: 'direct', to: ann.identity, text: 'see you' }
  ])
  expect(type('/msg ben and more')).toEqual([
    expect.stringMatching(/^! Nobody here is called ben\./)
  ])
  expect(type('/msg ann lee')).toEqual(['! What to say is missing. /msg <peer> <it>: to one alone'])
  expect(put).toHaveLength(2)
  for (const text of ['/msg ada hi', '/ignore ada', '/accept Ada'])
    expect(type(text)).toEqual(['! ada is you.'])
})

test('a name of ours is given and taken, whatever they call themselves', () => {
  const eve = { ...person(), identity: 'e'.repeat(64) }
  const { habits, type } = typing(eve, bot())
  expect(type('/contact eve  Eve Two')).toEqual([
    'You call eve Eve Two from now on, in every room.'
  ])
  expect(habits.contacts.nameOf(eve.identity as IdentityKey)).toBe('Eve Two')
  expect(type('/contact dice Eve Two')).toEqual(['! You call somebody else Eve Two: eeeeeeee.'])
  expect(type('/contact eve \u202eevil')).toEqual([expect.stringMatching(/^! .*nick/)])
  expect(type('/contact Eve Two')).toEqual(['You call Eve Two eve again.'])
  expect(type('/contact eve')).toEqual([
    '! eve has no name of yours. /contact <peer> <name> gives one.'
  ])
})

test('the subject is shown, set in one row, taken away, and refused if it is too long', () => {
  const { put, room, type, view } = typing()
  expect(type('/topic')).toEqual(['There is no subject. /topic <text> sets one.'])
  type('/topic  lunch   at\tnoon')
  type('/topic -')
  expect(put).toEqual([
    { type: 'subject', subject: 'lunch at noon' },
    { type: 'subject', subject: '' }
  ])
  expect(type(`/topic ${'x'.repeat(513)}`)).toEqual([
    expect.stringMatching(/at most 512 bytes, and this has 513\. Say it in fewer words\.$/)
  ])
  const told = { id: '', from: room.identity, nick: 'ada', subject: 'lunch', time: 1 }
  view.take({ type: 'subject', history: false, ...told } as never, 1)
  expect(type('/topic')).toEqual(['the subject is "lunch", says ada. /topic - takes it away.'])
})

test('an invitation is made for one person, for so many, or for a while, and shown to us', () => {
  const { room, type } = typing()
  const asked: TicketTerms[] = []
  const invite = (terms: TicketTerms): MadeTicket => {
    asked.push(terms)
    const { expires = 1, uses = 0 } = terms
    return { id: '' as MadeTicket['id'], link: 'swarmchat:link', expires, uses, anyone: uses === 0 }
  }
  Object.assign(room, { invite })
  expect(type('/invite')).toEqual([
    'swarmchat:link',
    expect.stringMatching(/^It lets in one person, until .*, while a chat of yours is in lobby\.$/),
    'They take it with: swarmchat join'
  ])
  type('/invite 3')
  expect(type('/invite 2d')[1]).toMatch(/^It lets in whoever has it, .* while a member is in lobby/)
  expect(asked.slice(0, 2)).toEqual([{ uses: 1 }, { uses: 3 }])
  expect(asked[2]?.expires).toBeGreaterThan(Date.now() + 47 * 3_600_000)
  expect(type('/invite --uses 1')).toEqual([
    '! --uses 1 says neither how many may come nor how long: /invite 3 is for three people, /invite 2d for whoever comes within two days.'
  ])
  expect(asked).toHaveLength(3)
})

test('what may not follow, and what there is no setting of, is said', () => {
  const { type } = typing()
  expect(type('/delete it')).toEqual([
    '! Nothing but ^2, for an earlier line, may follow. /delete: take yours back'
  ])
  expect(type('/set bel')).toEqual(['! There is no setting bel here.'])
})

test('/status tells in words what a screen has in its last row', () => {
  const { room, type, view, wait } = typing()
  Object.assign(room, { online: true })
  view.take({ type: 'subject', subject: 'lunch', from: room.identity, nick: 'ada' } as never, 1)
  wait(2)
  expect(type('/status')).toEqual(['lobby, 1 here, 2 waiting, "lunch"'])
  Object.assign(room, { online: false })
  expect(type('/status')).toEqual(['lobby, offline, 2 waiting, "lunch"'])
})
