import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

/** A home in which a talk is kept. */
async function talk(): Promise<string> {
  const home = newHome()
  const ann = world.start(['join', 'lobby', '--json', '--nick', 'ann'], {}, home)
  await ann.object('ready')
  const say = (value: object) => ann.child.stdin.write(`${JSON.stringify(value)}\n`)
  say({ type: 'say', text: 'helo \u001b[2J *all*' })
  say({ type: 'say', text: 'oops' })
  const { id } = await ann.object('message', ({ text }) => String(text).startsWith('helo'))
  const oops = await ann.object('message', ({ text }) => text === 'oops')
  say({ type: 'edit', id, text: 'hello \u001b[2J *all*' })
  say({ type: 'react', id, emoji: '👍' })
  say({ type: 'reply', id, text: 'yes' })
  say({ type: 'delete', id: oops.id })
  await ann.object('delete')
  say({ type: 'leave' })
  expect(await ann.exited).toBe(0)
  return home
}

it('kept history calls people by names of ours, and shows nobody who is ignored', async () => {
  const home = await talk()
  const env = { SWARMCHAT_HOME: home }
  const [first = ''] = (await world.run(['history', 'lobby', '--json'], env)).stdout.split('\n')
  const { from: identity } = JSON.parse(first)
  const keep = (contact: object) =>
    writeFileSync(join(home, 'contacts.json'), JSON.stringify({ contacts: [contact] }))
  keep({ identity, name: 'my ann' })
  expect((await world.run(['history', 'lobby'], env)).stdout).toMatch(/ my ann: hello/)
  keep({ identity, ignored: true })
  expect(await world.run(['history', 'lobby'], env)).toMatchObject({ code: 0, stdout: '' })
  const marked = (await world.run(['history', 'lobby', '--json'], env)).stdout.trim().split('\n')
  expect(marked.map(line => JSON.parse(line).ignored)).toEqual([true, true])
})

it('a room is exported, verified, imported elsewhere and reads the same there', async () => {
  const [home, elsewhere] = [await talk(), newHome()]
  const file = join(elsewhere, 'lobby.ndjson')
  const [here, there] = [{ SWARMCHAT_HOME: home }, { SWARMCHAT_HOME: elsewhere }]
  const exported = await world.run(['export', 'lobby'], here)
  expect(exported.stderr).toBe('')
  expect(exported.stdout).not.toMatch(/lobby|oops/)
  writeFileSync(file, `${exported.stdout}\n`)
  const checked = await world.run(['verify', file, '--room', '-'], {}, 'lobby\n')
  expect(checked).toMatchObject({ code: 0 })
  expect(checked.stdout).toMatch(
    /^6 messages are .* signed that this is all; the texts are what was sealed\.$/
  )
  expect(await world.run(['import', file], there)).toMatchObject({ code: 2 })
  expect(await world.run(['import', file, '--room', 'lobby'], there)).toMatchObject({
    stdout: '6 new, 0 were here already.'
  })
  expect(await world.run(['import', file], there)).toMatchObject({
    stdout: '0 new, 6 were here already.'
  })
  const read = (env: typeof here) => world.run(['history', 'lobby', '--json'], env)
  const [mine, theirs] = await Promise.all([read(here), read(there)])
  // Cursors are of the order in which messages came here.
  const linesOf = ({ stdout }: typeof mine) =>
    stdout.split('\n').map(line => ({ ...JSON.parse(line), cursor: undefined }))
  expect(linesOf(theirs)).toEqual(linesOf(mine))
  expect(linesOf(mine).map(({ text }) => text)).toEqual(['hello \u001b[2J *all*', 'yes'])
  const markdown = await world.run(['export', 'lobby', '--format', 'markdown'], there)
  expect(markdown.stdout).toMatch(/\*\*ann\*\*: hello �\\\[2J \\\*all\\\*/)
})

it.skipIf(process.platform === 'win32')(
  'beside a chat that runs, import and forget go by way of that',
  async () => {
    const [home, elsewhere] = [await talk(), newHome()]
    const file = join(elsewhere, 'lobby.ndjson')
    const exported = await world.run(['export', 'lobby'], { SWARMCHAT_HOME: home })
    writeFileSync(file, `${exported.stdout}\n`)
    const there = { SWARMCHAT_HOME: elsewhere }
    const ben = world.start(['join', 'lobby', '--json', '--nick', 'ben'], {}, elsewhere)
    await ben.object('ready')
    expect(await world.run(['import', file], there)).toMatchObject({
      code: 0,
      stdout: '6 new, 0 were here already.'
    })
    expect(await ben.object('message', ({ text }) => text === 'yes')).toMatchObject({
      history: true
    })
    const forgotten = await world.run(['forget', 'lobby', '--yes'], there)
    expect(forgotten).toMatchObject({ code: 0, stdout: expect.stringContaining('6 messages') })
    expect(await ben.object('forgotten')).toMatchObject({ count: 6 })
    expect((await world.run(['history', 'lobby'], there)).stdout).toBe('')
    expect(await world.run(['import', file], there)).toMatchObject({
      stdout: expect.stringContaining('0 new, 0 were here already. 6 were not taken')
    })
    ben.child.stdin.write('{"type":"leave"}\n')
    expect(await ben.exited).toBe(0)
    expect(await world.run(['forget', 'lobby', '--yes'], there)).toMatchObject({ stdout: '' })
  }
)

it('a transcript that was altered is refused, and nothing of it is imported', async () => {
  const [home, elsewhere] = [await talk(), newHome()]
  const file = join(elsewhere, 'lobby.ndjson')
  const { stdout } = await world.run(['export', 'lobby'], { SWARMCHAT_HOME: home })
  const lines = stdout.split('\n')
  const altered = lines.with(1, (lines[1] ?? '').replace('helo', 'halo'))
  for (const bad of [altered, lines.toSpliced(2, 1), lines.slice(0, -1), [...lines, lines[1]]]) {
    writeFileSync(file, bad.join('\n'))
    expect((await world.run(['verify', file, '--room', 'lobby'])).code).toBe(1)
    const there = { SWARMCHAT_HOME: elsewhere }
    expect((await world.run(['import', file, '--room', 'lobby'], there)).code).toBe(1)
    expect((await world.run(['history', 'lobby'], there)).stderr).toMatch(/Nothing of the room/)
  }
  expect(readFileSync(file, 'utf8')).toContain('"type":"end"')
})

it('a file that is not there is said so in words', async () => {
  const { code, stderr } = await world.run(['verify', join(newHome(), 'none')], {})
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot be read: it is not there.')
  })
})
