import { once } from 'node:events'
import { expect, it } from 'vitest'
import { killedMembers } from '../support/dead-members.js'
import { useSwarms } from '../support/swarms.js'

const topic = Buffer.alloc(32, 'a crash loop')
const swarms = useSwarms()

it('finds the one that lives among many dead before the first of these is given up', async () => {
  await killedMembers(swarms.testnet(), topic, 40)
  const alive = swarms.make()
  await alive.join(topic, { client: false }).flushed()
  const newcomer = swarms.make()
  let givenUp = 0
  newcomer.on('dial-failed', () => givenUp++)
  newcomer.join(topic)
  const [, peer] = await once(newcomer, 'connection')
  expect(peer.publicKey).toEqual(alive.keyPair.publicKey)
  expect(givenUp).toBe(0)
  expect(newcomer.stats.connects.client.attempted).toBeLessThanOrEqual(41)
})

it('gives them up soon nearby, so that flush() ends', async () => {
  await killedMembers(swarms.testnet(), topic, 3)
  const newcomer = swarms.make({ backoffs: [60_000] })
  const codes: string[] = []
  newcomer.on('dial-failed', (_, { code }) => codes.push(code))
  newcomer.join(topic)
  await newcomer.flush()
  expect(codes).toEqual(['NO_ANSWER', 'NO_ANSWER', 'NO_ANSWER'])
})
