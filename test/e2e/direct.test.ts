import { expect, test } from 'vitest'
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

test('an identity that is none is refused, and nothing is said', async () => {
  const { code, stderr } = await world.run(['send', 'lobby', '--to', 'ana', 'hi'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('64 hex digits')])
})
