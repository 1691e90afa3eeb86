import { expect, test } from 'vitest'
import { checkHub } from '../../src/doctor/check-hub.js'
import { openHub } from '../../src/swarm/hub/hub-server.js'
import { fakeHub } from '../support/fake-hub.js'
import { freePort } from '../support/free-port.js'

test('a hub that can be run, one that runs, and what only greets like one are told apart', async () => {
  const port = await freePort()
  const spec = { mode: 'local', localPort: port } as const
  expect(await checkHub(spec)).toMatchObject({
    state: 'ok',
    facts: { port, hub: 'free' },
    text: `The local hub can be run on port ${port}.`
  })
  const hub = await openHub({ port })
  expect(await checkHub(spec)).toMatchObject({
    state: 'ok',
    facts: { port, hub: 'running' },
    text: `Another swarmchat of this machine runs the local hub on port ${port}, and it works.`
  })
  await hub.leave()
  const fake = await fakeHub(port)
  expect(await checkHub(spec)).toMatchObject({ state: 'failed', facts: { port, hub: 'taken' } })
  await fake.close()
})

test('nobody needs it on networks of their own, or on the public one alone', async () => {
  const bootstrap = [{ host: '127.0.0.1', port: 1 }]
  for (const spec of [{ mode: 'isolated', bootstrap } as const, { mode: 'public' } as const])
    expect(await checkHub(spec)).toMatchObject({ check: 'hub', state: 'skip' })
})
