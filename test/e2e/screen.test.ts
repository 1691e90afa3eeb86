import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { testWith } from '../support/programs.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()
const test = testWith('python3')
const [ALT_1, ALT_2] = ['\u001b1', '\u001b2']

/** Somebody on a terminal, in this home or one of their own. */
function person(args: readonly string[], home = newHome(), env: Record<string, string> = {}) {
  return world.add(
    new TerminalWindow([process.execPath, PROGRAM, ...args], {
      env: { ...world.env, SWARMCHAT_HOME: home, ...env }
    })
  )
}

/** Ada and Bob in the lobby, who see each other. */
async function meet(home = newHome()) {
  const ada = person(['join', 'lobby', '--nick', 'ada'], home)
  await ada.shows(/nobody else is here yet/)
  // Whatever the locale, what is said is UTF-8.
  const bob = person(['join', 'lobby', '--nick', 'bob'], newHome(), { LC_ALL: 'C' })
  await Promise.all([ada.shows(/bob (joined|is here)/), bob.shows(/in the room with ada/)])
  return { ada, bob, home }
}

test('two people talk: a status, a nick completed, a mention, answers and changes, 40 pasted lines', async () => {
  const { ada, bob } = await meet()
  ada.type('hi\r')
  await bob.shows(/ada: hi$/)
  await ada.shows(/^lobby \| 2 here \| sent 1\/1/)
  ada.type('bo\there you are\r')
  await bob.shows(/ada: bob: here you are$/)
  await bob.until(() => bob.written.includes('\u0007'))
  expect(ada.written).not.toContain('\u0007')
  bob.type('/me waves\r')
  await ada.shows(/~ bob waves$/)
  bob.type('/reply where?\r')
  await ada.shows(/bob, to ada "bob: here you are": where\?$/)
  await ada.until(() => ada.written.includes('\u0007'))
  ada.type('/react 👍\r')
  await bob.shows(/\* ada put 👍 to bob: where\?$/)
  ada.type('/edit bob: there you are\r')
  await bob.shows(/\* ada edited what they said at \d\d:\d\d: bob: there you are$/)
  ada.type('/delete\r')
  await bob.shows(/\* ada deleted what they said at \d\d:\d\d$/)
  ada.paste(Array.from({ length: 40 }, (_, i) => `pasted ${i}`).join('\n'))
  await ada.shows(/40 lines: Enter sends them as one/)
  ada.type('\r')
  await bob.shows(/\| pasted 39$/)
  expect(bob.lines.filter(line => /ada: pasted 0$/.test(line))).toHaveLength(1)
  ada.type('/who\r')
  await ada.shows(/^2 in the room:/)
  await ada.shows(/^bob +[0-9a-f]{8} +direct +since \d\d:\d\d$/)
})

test('two rooms on one terminal: what was missed is counted, then shown; a draft stays', async () => {
  const { ada, bob } = await meet()
  ada.type('/join builds\r')
  await ada.shows(/^--- builds ---$/)
  ada.type('a draft')
  bob.type('ping ada\r')
  await ada.shows(/Alt-1 lobby: 1 \(1 for you\)/)
  expect(ada.lines.join('\n')).not.toContain('ping ada')
  ada.type(ALT_1)
  await ada.shows(/bob: ping ada$/)
  ada.type(ALT_2)
  await ada.shows(/^> a draft$/)
  ada.type('\u0015/part\r')
  await ada.until(() => ada.lines.at(-1)?.startsWith('lobby |'))
  expect(ada.lines.at(-1)).not.toContain('builds')
  expect(ada.lines.filter(line => line === '--- lobby ---')).toHaveLength(2)
})

test('a subject for all, who is writing, and the last room is left without ending the program', async () => {
  const { ada, bob } = await meet()
  ada.type('/topic lunch at noon\r')
  await bob.shows(/\* ada changed the subject to "lunch at noon"$/)
  await bob.shows(/^lobby \| 2 here .*"lunch at noon"/)
  const cyd = person(['join', 'lobby', '--nick', 'cyd'])
  await cyd.shows(/\* the subject is "lunch at noon", says ada$/)
  bob.type('half a li')
  await ada.shows(/^lobby \| 3 here \| bob is writing/)
  await cyd.shows(/^lobby \| 3 here \| bob is writing/)
  ada.type('/part\r')
  await ada.shows(/^You have left lobby\. You are in no room/)
  await bob.shows(/\* ada left$/)
  ada.type('/join lob\t\r')
  await bob.shows(/\* ada (joined|is here)$/)
  await ada.until(() => /^lobby \| 3 here/.test(ada.lines.at(-1) ?? ''))
  ada.type('back\r')
  await bob.shows(/ada: back$/)
})

test('who is ignored is seen no more, also after a restart, and is marked for programs', async () => {
  const { ada, bob, home } = await meet()
  ada.type('/ignore bob\r')
  await ada.shows(/^Nothing of bob is shown any more/)
  const cyd = person(['join', 'lobby', '--nick', 'cyd'])
  await Promise.all([ada.shows(/cyd (joined|is here)/), cyd.shows(/in the room with/)])
  bob.type('cannot hear me\r')
  await cyd.shows(/bob: cannot hear me/)
  cyd.type('after\r')
  await ada.shows(/cyd: after/)
  ada.type('/quit\r')
  expect(await ada.exited).toBe(0)
  expect(ada.lines.join('\n')).not.toContain('cannot hear me')
  const again = world.start(['join', 'lobby', '--json', '--nick', 'ada'], { SWARMCHAT_HOME: home })
  const old = await again.object('message', o => o.text === 'cannot hear me')
  expect(old).toMatchObject({ ignored: true })
  expect(await again.object('message', o => o.text === 'after')).not.toHaveProperty('ignored')
})

test('what was said while we were away comes after a marker', async () => {
  const { ada, bob, home } = await meet()
  bob.type('before\r')
  await ada.shows(/bob: before/)
  ada.type('/quit\r')
  expect(await ada.exited).toBe(0)
  bob.type('while you were away\r')
  await bob.shows(/bob: while you were away/)
  const again = person(['join', 'lobby', '--nick', 'ada'], home)
  await again.shows(/bob: while you were away/)
  const marker = again.lines.findIndex(line => line.startsWith('--- new since you left'))
  const at = (text: string) => again.lines.findIndex(line => line.includes(text))
  expect(marker).toBeGreaterThan(at('bob: before'))
  expect(marker).toBeLessThan(at('while you were away'))
})

test('what is set for a room is kept in the file', async () => {
  const { ada, home } = await meet()
  ada.type('/set bell all\r')
  await ada.shows(/^bell = all, in this room from now on/)
  ada.type('/set bell loud\r')
  await ada.shows(/^! bell must be one of off, mention, all/)
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).toBe('[rooms.lobby]\nbell = "all"\n')
})

test.each([{ NO_COLOR: '1' }, { SWARMCHAT_PLAIN: '1' }, { TERM: 'dumb' }])(
  'lines alone where that is wanted: %o',
  async env => {
    const ada = person(['join', 'lobby', '--nick', 'ada'], newHome(), env)
    await ada.shows(/nobody else is here yet/)
    ada.type('hello\r')
    await ada.shows(/ada: hello$/)
    ada.type('/quit\r')
    await ada.exited
    expect(ada.written).not.toContain('\u001b')
  }
)

test('a window of 40 columns, and of 250, and back', async () => {
  const { ada, bob } = await meet()
  for (const columns of [40, 250, 80]) {
    ada.resize(columns, 24)
    bob.type(`${'wide '.repeat(12)}${columns}\r`)
    await ada.shows(new RegExp(`wide ${columns}$`))
  }
  expect(ada.lines.filter(line => /bob: (wide )+\d+$/.test(line))).toHaveLength(3)
  expect(ada.lines.filter(line => line.startsWith('lobby |'))).toHaveLength(1)
})

test('a program that is killed leaves the screen as it stands, and nothing in its way', async () => {
  const { ada } = await meet()
  process.kill(await ada.pid, 'SIGTERM')
  await ada.exited
  await ada.until(() => !ada.marksPastes)
  expect(ada.lines.filter(line => /^>|^lobby \|/.test(line))).toEqual([])
})
