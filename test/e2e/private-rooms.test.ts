import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Cli, newHome, PROGRAM } from '../support/cli.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

/** Runs a command in this home to its end. */
async function run(home: string, ...words: string[]): Promise<Cli> {
  const cli = world.start(words, {}, home)
  cli.child.stdin.end()
  expect(await cli.exited, cli.errors.join('\n')).toBe(0)
  return cli
}

/** A home with a private room, the link of its invitation, and its secret as it is kept. */
async function withTeam(): Promise<{ home: string; link: string }> {
  const home = newHome()
  await run(home, 'create', 'team')
  const [link = ''] = (await run(home, 'invite', 'team', '--link')).lines
  expect(link).toMatch(/^swarmchat:[0-9a-z]{71}$/)
  return { home, link }
}

function onTerminal(home: string, ...words: string[]): TerminalWindow {
  const env = { ...world.env, SWARMCHAT_HOME: home }
  return world.add(new TerminalWindow([process.execPath, PROGRAM, ...words], { env }))
}

/** Some of the link, which says part of the secret. */
const pieceOf = (link: string) => link.slice(20, 40)

test('an invitation that is pasted in pieces leads into the room, is not shown, and the name leads back', async () => {
  const { home, link } = await withTeam()
  const ana = world.start(['join', 'team', '--json', '--nick', 'ana'], {}, home)
  expect(await ana.object('ready')).toMatchObject({ room: 'team', access: 'private' })
  const stranger = world.start(['join', 'team', '--json', '--nick', 'eve'])
  expect(await stranger.object('ready')).toMatchObject({ room: 'team', access: 'public' })
  const bobs = newHome()
  const bob = onTerminal(bobs, 'join', '--nick', 'bob')
  await bob.shows(/Room or invitation:/)
  bob.type(`${link.slice(0, 50).toUpperCase()}\r  ${link.slice(50)}\r`)
  await ana.object('join', ({ nick }) => nick === 'bob')
  await bob.shows(/Joining the private room team as bob/)
  await bob.shows(/team \(private\)/)
  bob.type('only for us\r')
  await ana.object('message', ({ text }) => text === 'only for us')
  expect(bob.written.toLowerCase()).not.toContain(pieceOf(link))
  expect(stranger.objects.map(({ type }) => type)).not.toContain('message')
  expect(stranger.objects.map(({ type }) => type)).not.toContain('join')
  bob.type('\u0003')
  expect(await bob.exited).toBe(0)
  const again = world.start(['join', 'team', '--json'], {}, bobs)
  expect(await again.object('ready')).toMatchObject({ access: 'private' })
})

test('an invitation that is typed as a word is neither in the list of processes nor in any output', async () => {
  const { home, link } = await withTeam()
  const ana = world.start(['join', 'team', '--json'], { SWARMCHAT_DEBUG: 'all' }, home)
  const bob = world.start(['join', link.slice(0, 40), link.slice(40), '--json'], {
    SWARMCHAT_DEBUG: 'all'
  })
  await Promise.all([ana.object('ready'), bob.object('ready'), ana.object('join')])
  const list = `/proc/${bob.child.pid}/cmdline`
  if (existsSync(list)) expect(readFileSync(list, 'utf8')).not.toContain(pieceOf(link))
  const wrong = await world.run(['peers', link.slice(0, -5), link.slice(-5).replace(/./g, 'x')])
  const mistyped = await world.run(['send', `${link.slice(0, -2)}xx`, 'hello'])
  expect([wrong.code, mistyped.code]).toEqual([2, 2])
  const all = [ana, bob].flatMap(({ errors, lines }) => [...errors, ...lines])
  const said = [...all, wrong.stderr, mistyped.stderr, mistyped.stdout].join('\n')
  expect(said).toContain('some of its characters are wrong')
  expect(said, 'steps are traced').toMatch(/^\S+Z protocol /m)
  for (const text of secretsIn(link)) expect(said.toLowerCase()).not.toContain(text.toLowerCase())
})

test('an invitation for one person lets in one, while its maker is there, and is refused to the next', async () => {
  const { home } = await withTeam()
  const [ticket = ''] = (await run(home, 'invite', 'team', '--uses', '1', '--link')).lines
  const ana = world.start(['join', 'team', '--json', '--nick', 'ana'], {}, home)
  await ana.object('ready')
  const bobs = newHome()
  const bob = world.start(['join', '-', '--json', '--nick', 'bob'], {}, bobs)
  bob.write(ticket)
  expect(await bob.object('ready')).toMatchObject({ room: 'team', access: 'private' })
  await ana.object('join', ({ nick }) => nick === 'bob')
  const eve = world.start(['join', ticket, '--json', '--nick', 'eve'])
  expect(await eve.exited).toBe(1)
  expect(eve.errors.join()).toContain('it was used as often as it may be')
  expect([...bob.errors, ...eve.errors].join()).not.toContain(pieceOf(ticket))
})

test('a terminal is shown a QR code, if it is wide enough', async () => {
  const { home, link } = await withTeam()
  const wide = onTerminal(home, 'invite', 'team')
  expect(await wide.exited).toBe(0)
  expect(wide.written).toContain('█▀▀▀▀▀█')
  expect(wide.written).toContain(link)
})

/** The secret of a link, and the link, in the ways in which they could be shown. */
function secretsIn(link: string): string[] {
  const bits = [...link.slice('swarmchat:'.length)]
    .map(digit => '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(digit).toString(2).padStart(5, '0'))
    .join('')
  const bytes = bits.match(/.{8}/g)?.map(byte => Number.parseInt(byte, 2)) ?? []
  const secret = Buffer.from(bytes.slice(4, 36))
  return [pieceOf(link), secret.toString('hex'), secret.toString('base64').slice(0, 40)]
}

test('a card that a member puts is told to the others, kept, and shown to who has an invitation without joining', async () => {
  const { home, link } = await withTeam()
  const ana = world.start(['join', 'team', '--json', '--nick', 'ana'], {}, home)
  const bob = world.start(['join', link, '--json', '--nick', 'bob'])
  await Promise.all([ana.object('join'), bob.object('join')])
  const texts = ['--title', 'The team', '--rules', 'Be kind.\nNo spam.']
  const set = await run(home, 'card', 'set', 'team', ...texts)
  expect(set.lines).toEqual(['1 member got it.'])
  const isCard = ({ title }: Record<string, unknown>) => title === 'The team'
  await Promise.all([ana.object('card', isCard), bob.object('card', isCard)])
  const kept = await run(home, 'card', 'team')
  const rows = ['| The team', '| Be kind.', '| No spam.']
  expect(kept.lines).toEqual([expect.stringMatching(/^The card of this room, as /), ...rows])
  const [invitation = ''] = (await run(home, 'invite', 'team', '--link')).lines
  expect((await run(newHome(), 'card', invitation)).lines).toEqual(rows)
  const eve = world.start(['join', invitation, '--json', '--nick', 'eve'])
  expect(await eve.object('ready')).toMatchObject({ room: 'team', access: 'private' })
  expect(eve.errors).toEqual(expect.arrayContaining(['What team is, as a member put it:', ...rows]))
  // By a link that admits, who was let in reads it; nobody else does.
  const [ticket = ''] = (await run(home, 'invite', 'team', '--uses', '1', '--link')).lines
  const cat = world.start(['join', ticket, '--json', '--nick', 'cat'])
  await cat.object('ready')
  expect(cat.errors).toEqual(expect.arrayContaining(rows))
  const unasked = await world.run(['card', ticket, '--timeout', '1'])
  expect([unasked.code, unasked.stderr]).toEqual([
    2,
    expect.stringContaining('swarmchat join takes it')
  ])
  const old = await world.run(['card', link, '--timeout', '1'])
  expect([old.code, old.stderr]).toEqual([1, expect.stringContaining('names no card')])
})
