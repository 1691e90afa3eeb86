import { expect, test } from 'vitest'
import { heard, met, ready, tally, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const lab = useLab()

test('all DHT nodes restarted: nobody notices, and a new member finds the room within 15 s', async () => {
  const [a, b, c] = [
    lab().behind('consistent', 'a'),
    lab().behind('consistent', 'b'),
    lab().host('c')
  ]
  const all = [a.join('lobby', 'ann'), b.join('lobby', 'ben')] as const
  const [ann, ben] = all
  await within(20_000, 'both are ready', ready(all), all)
  await within(5_000, 'both have met', met(all), all)
  // The lookups that follow a start are over after 20 s; from then on nobody asks for others by itself.
  await new Promise(resolve => setTimeout(resolve, 22_000))
  await lab().dht.kill()
  await within(2_000, 'a line without any DHT', heard('no DHT', ann, [ben]), all)
  await lab().dht.start()
  const since = performance.now()
  const cleo = c.join('lobby', 'cleo')
  await within(15_000, 'the newcomer has met both', met([ann, ben, cleo]), [ann, ben, cleo])
  record('isolated DHT restarted', {
    'ms to a newcomer in the room': Math.round(performance.now() - since)
  })
  expect(ann.objects.filter(line => line.type === 'leave')).toEqual([])
  expect(ben.objects.filter(line => line.type === 'leave')).toEqual([])
})

test('a router gets another public address: the talk resumes within 15 s, and nothing is lost', async () => {
  const home = lab().home('consistent')
  const [a, b] = [lab().host('a', home), lab().behind('consistent', 'b')]
  const all = [a.join('lobby', 'ann'), b.join('lobby', 'ben')] as const
  const [ann, ben] = all
  await within(20_000, 'both are ready', ready(all), all)
  await within(5_000, 'both have met', met(all), all)
  home.changeAddress()
  const lines = [heard('from ann', ann, [ben]), heard('from ben', ben, [ann])]
  const took = await within(15_000, 'both lines arrive', Promise.all(lines), all)
  record("a router's address changes", { 'ms to the lines said right after': took })
  for (const cli of all) for (const [, count] of tally(cli)) expect(count).toBe(1)
})

test('a host is carried to another network: the talk resumes within 15 s, and nothing is lost', async () => {
  const [cafe, office] = [lab().home('consistent'), lab().home('consistent')]
  const [a, b] = [lab().host('a', cafe), lab().behind('consistent', 'b')]
  const all = [a.join('lobby', 'ann'), b.join('lobby', 'ben')] as const
  const [ann, ben] = all
  await within(20_000, 'both are ready', ready(all), all)
  await within(5_000, 'both have met', met(all), all)
  a.moveTo(office)
  const lines = [heard('from ann', ann, [ben]), heard('from ben', ben, [ann])]
  const took = await within(15_000, 'both lines arrive', Promise.all(lines), all)
  record('a host moves to another network', { 'ms to the lines said right after': took })
  for (const cli of all) for (const [, count] of tally(cli)) expect(count).toBe(1)
})
