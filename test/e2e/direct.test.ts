import { expect, test } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

test('what one member is told alone is heard by that one, and marked as such', async () => {
  const ana = await world.person('ana')
  const eve = await world.person('eve')
  const { identity } = await ana.object('ready')
  const sent = await world.run([
    'send',
    'lobby',
    '--to',
    String(identity),
    'for',
    'ana',
    '-n',
    'bob'
  ])
  expect(sent).toMatchObject({ code: 0 })
  const direct = await ana.object('direct')
  expect(direct).toMatchObject({ to: identity, nick: 'bob', text: 'for ana', request: true })
  ana.child.stdin.write(`${JSON.stringify({ type: 'say', text: 'all' })}\n`)
  await eve.object('message', ({ text }) => text === 'all')
  const { identity: eves } = await eve.object('ready')
  const answer = { type: 'direct', to: eves, text: 'only for eve' }
  ana.child.stdin.write(`${JSON.stringify(answer)}\n`)
  expect(await eve.object('direct')).toMatchObject({ from: identity, text: 'only for eve' })
  expect(eve.lines.join()).not.toContain('for ana')
  expect(ana.objects.filter(({ type }) => type === 'message')).toHaveLength(1)
})

test('who was accepted is so after a restart; what was written is in the history, marked', async () => {
  const home = newHome()
  const bob = await world.person('bob')
  const { identity: bobs } = await bob.object('ready')
  const onTerminal = () => {
    const env = { ...world.env, SWARMCHAT_HOME: home }
    const command = [process.execPath, PROGRAM, 'join', 'lobby', '--nick', 'ana']
    return world.add(new TerminalWindow(command, { env, columns: 120 }))
  }
  const ana = onTerminal()
  const { identity: anas } = await bob.object('join', ({ nick }) => nick === 'ana')
  const write = (text: string) => bob.write(JSON.stringify({ type: 'direct', to: anas, text }))
  write('first')
  await ana.shows(/\[private\] bob to ana: first \(new to you/)
  write('second')
  ana.type(`/accept ${String(bobs).slice(0, 8)}\r`)
  await ana.shows(/is shown from now on/)
  await ana.shows(/\[private\] bob to ana: second/)
  ana.type('/quit\r')
  expect(await ana.exited).toBe(0)
  write('third')
  const again = onTerminal()
  await again.shows(/\[private\] bob to ana: third/)
  expect(again.lines.join()).not.toContain('new to you')
  again.type('for all\r')
  await bob.object('message', ({ text }) => text === 'for all')
  const kept = await world.run(['history', 'lobby'], { SWARMCHAT_HOME: home })
  for (const text of ['first', 'second', 'third'])
    expect(kept.stdout).toContain(`[private] bob to ana: ${text}\n`)
  const json = await world.run(['history', 'lobby', '--json'], { SWARMCHAT_HOME: home })
  const objects = json.stdout.split('\n').map(line => JSON.parse(line))
  expect(objects).toContainEqual(
    expect.objectContaining({ type: 'direct', from: bobs, to: anas, text: 'third' })
  )
})

test('an identity that is none is refused, and nothing is said', async () => {
  const { code, stderr } = await world.run(['send', 'lobby', '--to', 'ana', 'hi'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('64 hex digits')])
})
