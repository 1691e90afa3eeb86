import { EventEmitter } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import type { Network } from '../../../src/swarm/networks/network.js'
import { Volunteer } from '../../../src/swarm/relay/volunteer.js'
import { until } from '../../support/until.js'

const volunteers: Volunteer[] = []
afterEach(() => Promise.all(volunteers.splice(0).map(volunteer => volunteer.close())))

/** A network on which others see us at this address; it says when somebody asks where. */
class FakeNetwork extends EventEmitter<{ state: []; asked: [] }> {
  readonly state = 'online'
  asked = 0
  listened = 0
  readonly dht = {
    remoteAddress: () => {
      this.asked += 1
      this.emit('asked')
      return { host: this.host, port: 1 }
    },
    createServer: () =>
      Object.assign(new EventEmitter(), { listen: async () => {}, close: async () => {} })
  }

  constructor(
    readonly name: string,
    readonly host: string
  ) {
    super()
  }
}

async function relaysOn(name: string, host: string): Promise<number> {
  const network = new FakeNetwork(name, host)
  const volunteer = new Volunteer([network as unknown as Network], () => {})
  volunteers.push(volunteer)
  await until([network], 'asked', () => network.asked > 0)
  await new Promise(setImmediate)
  return volunteer.relays.length
}

test('where everybody can reach us there is a relay; within a machine or a LAN nobody needs one', async () => {
  expect(await relaysOn('public', '203.0.113.1')).toBe(1)
  expect(await relaysOn('isolated', '127.0.0.1')).toBe(0)
  expect(await relaysOn('local', '203.0.113.1')).toBe(0)
  expect(await relaysOn('lan', '203.0.113.1')).toBe(0)
})
