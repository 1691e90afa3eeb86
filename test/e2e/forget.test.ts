import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Cli, newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

/** A program that forgets a room has done so by then. Guess. */
const MAX_FORGET_MILLIS = 2_000

type Chat = Pick<Cli, 'child' | 'exited' | 'object' | 'texts'>

const join = (home: string): Chat =>
  world.start(['join', 'lobby', '--json', '--nick', 'ann'], {}, home)

const say = ({ child }: Chat, text: string) =>
  child.stdin.write(`${JSON.stringify({ type: 'say', text })}\n`)

const hears = (chat: Chat, said: string) => chat.object('message', ({ text }) => text === said)

async function leaves(chat: Chat): Promise<void> {
  chat.child.stdin.write('{"type":"leave"}\n')
  expect(await chat.exited).toBe(0)
}

const forget = (home: string) => world.run(['forget', 'lobby', '--yes'], { SWARMCHAT_HOME: home })

async function textsIn(home: string): Promise<string[]> {
  const { stdout } = await world.run(['history', 'lobby', '--json'], { SWARMCHAT_HOME: home })
  const lines = stdout.split('\n').filter(line => line !== '')
  return lines.map(line => JSON.parse(line).text)
}

/** Two chats of one home, of which the first has the database, and what both have said. */
async function twoChats(home: string) {
  const first = join(home)
  await first.object('ready')
  say(first, 'old')
  await hears(first, 'old')
  const second = join(home)
  await hears(second, 'old')
  say(second, 'old, too')
  await hears(first, 'old, too')
  return { first, second }
}

describe.skipIf(process.platform === 'win32')(
  'what is deleted beside two chats of one home',
  () => {
    it('does not come back with the second, nor with a third', async () => {
      const home = newHome()
      const { first, second } = await twoChats(home)
      expect(await forget(home)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('2 messages')
      })
      for (const chat of [first, second])
        expect(await chat.object('forgotten')).toMatchObject({ count: 2 })
      say(second, 'new')
      await hears(first, 'new')
      first.child.kill('SIGKILL')
      await first.exited
      await second.object('kept')
      say(second, 'newer')
      await hears(second, 'newer')
      const third = join(home)
      await hears(third, 'newer')
      expect(await textsIn(home)).toEqual(['new', 'newer'])
      await leaves(second)
      await leaves(third)
      expect(third.texts()).toEqual(['new', 'newer'])
      expect(await textsIn(home)).toEqual(['new', 'newer'])
    })

    it('is deleted or not, and nothing new is lost, whenever the first is killed', async () => {
      const home = newHome()
      const { first, second } = await twoChats(home)
      const forgetting = forget(home)
      const told = Promise.race([first.object('forgotten'), forgetting]).catch(() => {})
      if (Math.random() < 0.5) await told
      else await sleep(Math.random() * MAX_FORGET_MILLIS)
      first.child.kill('SIGKILL')
      await first.exited
      const { code } = await forgetting
      await second.object('kept')
      say(second, 'new')
      await hears(second, 'new')
      await leaves(second)
      const texts = await textsIn(home)
      expect(texts.at(-1)).toBe('new')
      if (code === 0) expect(texts).toEqual(['new'])
      else expect([1, 3]).toContain(texts.length)
    })
  }
)
