import { expect, test } from 'vitest'
import { newHome } from '../support/cli.js'
import { heard, met, ready, tally, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const lab = useLab()
const TIMES = 20

test('on one machine the first process is killed, again and again: no line stays unanswered', async () => {
  const host = lab().host('alone', lab().home('none'), { SWARMCHAT_NETWORK: 'local' })
  const join = (nick: string) =>
    host.start(['join', 'lobby', '--json', '--nick', nick], { SWARMCHAT_HOME: newHome() })
  const members = [0, 1, 2, 3, 4].map(i => join(`nick${i}`))
  await within(20_000, 'all are ready', ready(members), members)
  await within(10_000, 'all have met', met(members), members)
  const [asked, met5]: number[][] = [[], []]
  for (let time = 0; time < TIMES; time += 1) {
    await members.shift()?.kill()
    const [asker, ...others] = members
    if (asker === undefined) throw new Error('nobody is left')
    asked?.push(
      await within(5_000, `line ${time} is heard`, heard(`line ${time}`, asker, others), members)
    )
    members.push(join(`nick${time + 5}`))
    met5?.push(await within(15_000, 'the next one is in', met(members), members))
  }
  record('local, the hub killed 20 times', {
    'ms to hear a line, at most': Math.max(...(asked ?? [])),
    'ms for the next to be in, at most': Math.max(...(met5 ?? []))
  })
  for (const cli of members) for (const [, count] of tally(cli)) expect(count).toBe(1)
})
