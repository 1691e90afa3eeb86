import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { type RunRelay, runRelay } from '../../src/services/relay.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import { VOLUNTEER_LIMITS } from '../../src/swarm/relay/relay-server.js'
import { freePort } from '../support/free-port.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

let testnet: Testnet
beforeEach(async () => {
  testnet = await createTestnet()
})
afterEach(() => testnet.close())

const pair = keyPair()

function options(networks: RunRelay['networks'], rest: Partial<RunRelay> = {}): RunRelay {
  return {
    networks,
    keyPair: pair,
    limits: VOLUNTEER_LIMITS,
    listening: () => {},
    notice: () => {},
    stopped: new Promise(() => {}),
    ...rest
  }
}

describe('a dedicated relay', () => {
  test.each(['local', 'lan'] as const)('says at once that nobody needs it on %s', async mode => {
    const running = runRelay(options({ mode, localPort: await freePort() }))
    await expect(running).rejects.toMatchObject({ code: 'NO_RELAY_NEEDED', exitCode: 2 })
  })

  test('runs until it is stopped', async () => {
    const [listening, stopped] = [deferred(), deferred()]
    const keys: Uint8Array[] = []
    const running = runRelay(
      options(
        { mode: 'isolated', bootstrap: testnet.bootstrap },
        {
          stopped: stopped.promise,
          listening: key => {
            keys.push(key)
            listening.resolve()
          }
        }
      )
    )
    await listening.promise
    expect(keys).toEqual([pair.publicKey])
    stopped.resolve()
    await running
  })

  test('says nothing of a NAT where nobody has answered', async () => {
    const gone = { host: '127.0.0.1', port: await freePort() }
    const [notices, offline, stopped] = [[] as string[], deferred(), deferred()]
    const running = runRelay(
      options(
        { mode: 'isolated', bootstrap: [gone] },
        {
          stopped: stopped.promise,
          notice: line => {
            notices.push(line)
            offline.resolve()
          }
        }
      )
    )
    await offline.promise
    stopped.resolve()
    await running
    expect(notices.join()).toMatch(/^isolated network: /)
    expect(notices.join()).not.toMatch(/NAT/)
  })
})
