import { expect, test } from 'vitest'
import { atMost } from '../../src/async/at-most.js'
import { NetworkEclipser } from '../support/network-eclipser.js'
import { useRooms, type Visit } from '../support/rooms.js'
import { watchSlowdown } from '../support/slowdown.js'
import { until } from '../support/until.js'

const { enter, testnet } = useRooms()

/** Honest members, who have met before anybody attacks. */
const HONEST = 6
/** Device keys of the attacker, all announced before the newcomer comes. */
const KEYS = 40
/** Lines before the newcomer is surrounded, and as many after that. */
const LINES = 8
/** What has not come by then does not come. */
const PATIENCE_MILLIS = 60_000
/** So much later than usual a line may come, on a processor that nobody else wants. */
const LATER_MILLIS = 2_000
/** A place in the newcomer's view; with so many of them the attack is one. */
const PLACES = 3

/** When each line was heard by this one, by its text. */
function listen({ room }: Visit): Map<string, number> {
  const heard = new Map<string, number>()
  room.on('message', ({ text }) => heard.set(text, performance.now()))
  return heard
}

/**
 * A newcomer comes while somebody talks, one line whenever it has heard the one before; `surrounded`: half of them are said after
 * that. How long the slowest line took to reach it, in ms, counted from its coming for the one before that.
 */
async function comes(author: Visit, name: string, surrounded: () => Promise<unknown>) {
  let slowest = 0
  const say = (text: string) => {
    author.room.say(text)
    return performance.now()
  }
  say(`${name} 0`)
  let since = performance.now()
  const newcomer = await enter(name)
  const heard = listen(newcomer)
  for (let n = 0; n < 2 * LINES; n++) {
    const text = `${name} ${n}`
    if (n === LINES) await surrounded()
    if (n > 0) since = say(text)
    await atMost(
      PATIENCE_MILLIS,
      newcomer.when(() => heard.has(text))
    )
    slowest = Math.max(slowest, (heard.get(text) ?? Infinity) - since)
  }
  await newcomer.room.leave()
  return slowest
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
  const usual = await comes(author, 'usual', async () => {})
  const peaceful = spares ? honest.map(({ room }) => room.device) : []
  const eve = new NetworkEclipser(testnet().createNode(), 'lobby', peaceful)
  await eve.begin(KEYS)
  try {
    const surrounded = () => until([eve], 'placed', () => eve.mostPlaces >= PLACES)
    const slowdown = watchSlowdown()
    const late = await comes(author, 'surrounded', surrounded)
    // The attack is made by the very process that is attacked: on a busy machine both wait for each other.
    expect(late).toBeLessThan(Math.max(2 * usual, usual + LATER_MILLIS * slowdown()))
  } finally {
    await eve.end()
  }
})
