import { expect, it } from 'vitest'
import { type Cli, type Line, newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

/** How often the reader is killed. */
const KILLS = 5
const LINES_PER_LIFE = 20

const messagesOf = (cli: Cli): Line[] => cli.objects.filter(({ type }) => type === 'message')
const linesOfBen = (told: readonly Line[]) =>
  told.flatMap(({ nick, text }) => (nick === 'ben' ? [`${text}`] : []))
const LINES_OF_BEN = ((KILLS + 1) * LINES_PER_LIFE) / 2

/** What a script is done with when it dies: a part of what it was told, any part of which it has a cursor. */
function handled(told: readonly Line[], part: number): Line[] {
  const some = told.slice(0, Math.ceil(told.length * part))
  const end = some.findLastIndex(({ cursor }) => cursor !== undefined)
  return some.slice(0, end + 1)
}

it('a script that is killed again and again, with its chat, is told everything once', {
  timeout: 120_000
}, async () => {
  const home = newHome()
  const ben = await world.person('ben')
  const done: Line[] = []
  for (let life = 0; life <= KILLS; life++) {
    const cursor = done.at(-1)?.cursor
    const since = cursor === undefined ? [] : ['--since', `${cursor}`]
    const ann = world.start(['join', 'lobby', '--json', '--nick', 'ann', ...since], {}, home)
    await ann.object('ready')
    for (let at = 0; at < LINES_PER_LIFE; at++) (at % 2 ? ann : ben).say(`line ${life} ${at}`)
    // What was said while she was dead comes late, as history.
    const isEnough = () =>
      life === KILLS
        ? linesOfBen([...done, ...messagesOf(ann)]).length >= LINES_OF_BEN
        : messagesOf(ann).length > (LINES_PER_LIFE * (life + 1)) / KILLS
    await ann.until(isEnough)
    await ann.kill()
    done.push(...handled(messagesOf(ann), life === KILLS ? 1 : 0.2 * (life + 1)))
  }
  const said = Array.from({ length: KILLS + 1 }, (_, life) =>
    Array.from({ length: LINES_PER_LIFE / 2 }, (_, at) => `line ${life} ${2 * at}`)
  )
  expect(linesOfBen(done).sort()).toEqual(said.flat().sort())
  expect(new Set(done.map(({ id }) => id)).size).toBe(done.length)
})

it('a script that follows beside a chat goes on over restarts of both, and refuses a foreign cursor', {
  timeout: 60_000
}, async () => {
  const home = newHome()
  const texts: unknown[] = []
  let cursor: string | undefined
  for (const life of [1, 2, 3]) {
    const since = cursor === undefined ? [] : ['--since', cursor]
    const chat = world.start(['join', 'lobby', '--json', '--nick', 'ann'], {}, home)
    await chat.object('ready')
    const script = world.start(['history', 'lobby', '--json', '--follow', ...since], {}, home)
    chat.say(`${life} a`)
    await script.object('message', ({ text }) => text === `${life} a`)
    chat.say(`${life} b`)
    const { cursor: last } = await script.object('message', ({ text }) => text === `${life} b`)
    await script.kill()
    await chat.kill()
    texts.push(...script.texts())
    cursor = `${last}`
  }
  expect(texts).toEqual(['1 a', '1 b', '2 a', '2 b', '3 a', '3 b'])
  const elsewhere = { SWARMCHAT_HOME: newHome() }
  await world.run(['join', 'lobby', '--json'], elsewhere, '{"type":"leave"}\n')
  const refused = await world.run(['history', 'lobby', '--json', '--since', `${cursor}`], elsewhere)
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('not one of the history that is kept here')
})
