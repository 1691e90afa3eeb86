import { expect, test } from 'vitest'
import { atMost } from '../../src/async/at-most.js'
import { NetworkEclipser } from '../support/network-eclipser.js'
import { useRooms, type Visit } from '../support/rooms.js'

const { enter, testnet } = useRooms()

/** Honest members, who have met before anybody attacks. */
const HONEST = 6
/** Device keys of the attacker, all announced before the newcomer comes. */
const KEYS = 40
const LINE_MILLIS = 250
const LINES = 16
/** What has not come by then does not come. */
const PATIENCE_MILLIS = 20_000
/** The newcomer may be so much later than usual, on a machine that others keep busy: far less than the first visit, after a minute. */
const LATER_MILLIS = 15_000

/** When each line was heard by this one, by its text. */
function listen({ room }: Visit): Map<string, number> {
  const heard = new Map<string, number>()
  room.on('message', ({ text }) => heard.set(text, performance.now()))
  return heard
}

/** A newcomer comes while somebody talks; how long each line took to reach it, counted from its coming for those before that. */
async function comes(author: Visit, name: string): Promise<number[]> {
  const said = new Map<string, number>()
  const say = (n: number) => {
    const text = `${name} ${n}`
    said.set(text, performance.now())
    author.room.say(text)
  }
  say(0)
  const start = performance.now()
  const newcomer = await enter(name)
  const heard = listen(newcomer)
  for (let n = 1; n < LINES; n++) {
    await new Promise(resolve => setTimeout(resolve, LINE_MILLIS))
    say(n)
  }
  await atMost(
    PATIENCE_MILLIS,
    newcomer.when(() => heard.size === LINES)
  )
  await newcomer.room.leave()
  return [...said].map(([text, at]) => (heard.get(text) ?? Infinity) - Math.max(at, start))
}

// Spent: 40 device keys of one identity, announced before the newcomer comes, a server for each, a dial of each as soon as it
// is announced, a place asked for ten times a second. Suffered: the newcomer hears every line, and soon.
test.each([
  ['and the others are left in peace', true],
  ['and all others as well', false]
])('a newcomer whom a member with 40 keys surrounds, %s, hears every line', async (_, spares) => {
  const honest = await Promise.all(Array.from({ length: HONEST }, (_, n) => enter(`honest ${n}`)))
  const [author] = honest as [Visit, ...Visit[]]
  await Promise.all(honest.map(each => each.when(() => each.room.members().length === HONEST)))
  const usual = Math.max(...(await comes(author, 'usual')))
  const peaceful = spares ? honest.map(({ room }) => room.device) : []
  const eve = new NetworkEclipser(testnet().createNode(), 'lobby', peaceful)
  await eve.begin(KEYS)
  try {
    const late = Math.max(...(await comes(author, 'surrounded')))
    expect(eve.mostPlaces, 'the attack is one').toBeGreaterThan(2)
    expect(late).toBeLessThan(usual + LATER_MILLIS)
  } finally {
    await eve.end()
  }
})
