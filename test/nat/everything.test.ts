import { expect, test } from 'vitest'
import { newHome } from '../support/cli.js'
import { heard, met, ready, tally, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const lab = useLab()

test('one room over the public and the local network: two on one machine, one far away', async () => {
  const home = lab().home('consistent')
  const [desk, far] = [
    lab().host('desk', home, lab().everything()),
    lab().behind('consistent', 'far')
  ]
  const join = (nick: string) =>
    desk.start(['join', 'lobby', '--json', '--nick', nick], { SWARMCHAT_HOME: newHome() })
  const [ann, ben] = [join('ann'), join('ben')]
  const cleo = far.join('lobby', 'cleo')
  const all = [ann, ben, cleo]
  await within(20_000, 'all are ready', ready(all), all)
  const meeting = await within(10_000, 'all have met', met(all), all)
  await within(2_000, 'a line from far', heard('from far', cleo, [ann, ben]), all)

  home.setUplink(false)
  await within(2_000, 'the neighbours go on', heard('cut off', ann, [ben]), all)
  cleo.say('alone')
  await cleo.object('message', line => line.text === 'alone')
  await within(20_000, 'they notice', Promise.all([ann, ben].map(cli => cli.object('leave'))), all)

  const others = Promise.all([
    cleo.object('message', line => line.text === 'cut off'),
    ...[ann, ben].map(cli => cli.object('message', line => line.text === 'alone'))
  ])
  home.setUplink(true)
  const healed = await within(30_000, 'what was said meanwhile is everywhere', others, all)
  record('public and local', { 'ms to meet': meeting, 'ms to heal': healed })
  for (const cli of all) for (const [text, count] of tally(cli)) expect(count, String(text)).toBe(1)
})
