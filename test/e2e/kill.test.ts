import { expect, it } from 'vitest'
import { type Cli, newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

/** How often somebody is killed. */
const KILLS = 3
/** Lines said in one turn: some of a flood are always on their way. */
const BURST = 20

const receiptsOf = (cli: Cli) => cli.objects.filter(({ type }) => type === 'receipt')

/** Lets somebody say lines, more whenever somebody has some of them, until so many are known to be had. */
async function flood(cli: Cli, wanted: number): Promise<void> {
  for (let had = receiptsOf(cli).length, from = had; had - from < wanted; ) {
    for (let at = 0; at < BURST; at++) cli.say(`line ${at}`)
    const before = had
    await cli.until(() => receiptsOf(cli).length > before)
    had = receiptsOf(cli).length
  }
}

it('a room that is killed with kill -9 in a flood has all that somebody got a receipt for', {
  timeout: 120_000
}, async () => {
  const [home, others] = [newHome(), newHome()]
  const known = new Set<unknown>()
  for (let kill = 0; kill < KILLS; kill++) {
    const ben = world.start(['join', 'lobby', '--json', '--nick', 'ben'], {}, others)
    const ann = world.start(['join', 'lobby', '--json', '--nick', 'ann'], {}, home)
    await Promise.all([ann.object('ready'), ben.object('join', ({ nick }) => nick === 'ann')])
    await flood(ben, 3 * BURST)
    for (let at = 0; at < BURST; at++) ben.say('the last ones')
    await ann.kill()
    await ben.kill()
    // On a machine that does not come to writing for five seconds: then it says so.
    const isKept = ann.objects.every(({ type }) => type !== 'unkept')
    for (const { id } of isKept ? receiptsOf(ben) : []) known.add(id)
    const env = { SWARMCHAT_HOME: home }
    const { code, stderr, stdout } = await world.run(['history', 'lobby', '--json'], env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const kept = new Set(stdout.split('\n').map(line => JSON.parse(line).id))
    expect([...known].filter(id => !kept.has(id))).toEqual([])
    const again = world.start(['join', 'lobby', '--json'], {}, home)
    await again.object('ready')
    expect(again.objects.filter(({ type }) => type === 'damaged')).toEqual([])
    await again.kill()
  }
})

it('a program that floods a room and is killed with kill -9 has all that it told of', {
  timeout: 120_000
}, async () => {
  const home = newHome()
  const kept = async () => {
    const { stdout } = await world.run(['history', 'lobby', '--json'], { SWARMCHAT_HOME: home })
    return new Set(stdout.split('\n').map(line => JSON.parse(line).id))
  }
  for (const wanted of [1, 400]) {
    const ann = world.start(['join', 'lobby', '--json'], {}, home)
    const said = () =>
      ann.objects.filter(({ cursor, history, type }) => type === 'message' && !history && cursor)
    // More than a pipe holds: what is told and what is read come at the same time.
    for (let at = 0; at < 3_000; at++) ann.say(`line ${at}`)
    await ann.until(() => said().length >= wanted)
    await ann.kill()
    const ids = said().map(({ id }) => id)
    const there = await kept()
    expect(ids.filter(id => !there.has(id))).toEqual([])
  }
})
