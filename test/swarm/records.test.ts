import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hash } from '../../src/base/crypto.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { Network } from '../../src/swarm/networks/network.js'
import { openNetworks } from '../../src/swarm/networks/open.js'
import { isStored, putRecord, putValue, readRecord, readValue } from '../../src/swarm/records.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

let net: Testnet
let networks: Network[]

beforeEach(async () => {
  net = await createTestnet()
  networks = openNetworks({ mode: 'isolated', bootstrap: net.bootstrap })
  await Promise.all(networks.map(network => network.ready))
})
afterEach(async () => {
  await Promise.all(networks.map(network => network.close()))
  await net.close()
})

const value = (text: string) => Buffer.from(text)

describe('a record', () => {
  test('is read by whoever has the key, and replaced by a later one', async () => {
    const pair = keyPair()
    expect(await readRecord(networks, pair.publicKey)).toBeUndefined()
    await putRecord(networks, pair, { value: value('one'), seq: 1 })
    await putRecord(networks, pair, { value: value('two'), seq: 2 })
    expect(await readRecord(networks, pair.publicKey)).toMatchObject({
      value: value('two'),
      seq: 2
    })
  })

  test('replaces one that was dated later, as after a clock was set back', async () => {
    const pair = keyPair()
    await putRecord(networks, pair, { value: value('from the future'), seq: 1_000 })
    await putRecord(networks, pair, { value: value('now'), seq: 10 })
    expect(await readRecord(networks, pair.publicKey)).toMatchObject({
      value: value('now'),
      seq: 1_001
    })
  })

  test('that is longer than 1,000 bytes is passed over', async () => {
    const pair = keyPair()
    const [network] = networks
    await network?.dht.mutablePut(pair, Buffer.alloc(1_001), { seq: 1 })
    expect(await readRecord(networks, pair.publicKey)).toBeUndefined()
    await network?.dht.mutablePut(pair, Buffer.alloc(1_000), { seq: 2 })
    expect(await readRecord(networks, pair.publicKey)).toMatchObject({ seq: 2 })
  })

  test('is not looked for on networks that are offline', async () => {
    const pair = keyPair()
    const off = networks.map(network => Object.create(network, { state: { value: 'offline' } }))
    await putRecord(off, pair, { value: value('one'), seq: 1 })
    expect(await readRecord(networks, pair.publicKey)).toBeUndefined()
    expect(await readRecord(off, pair.publicKey)).toBeUndefined()
  })
})

test('a value without a key is read by its hash, if it is not too long, on networks that are online', async () => {
  const [one, long] = [value('one'), Buffer.alloc(1_001)]
  expect(await readValue(networks, hash([one]))).toBeUndefined()
  expect(await isStored(networks, hash([one]))).toBe(false)
  await putValue(networks, one)
  expect(await readValue(networks, hash([one]))).toEqual(one)
  expect(await isStored(networks, hash([one]))).toBe(true)
  await putValue(networks, long)
  expect(await readValue(networks, hash([long]))).toBeUndefined()
  const off = networks.map(network => Object.create(network, { state: { value: 'offline' } }))
  await putValue(off, value('two'))
  expect(await readValue(networks, hash([value('two')]))).toBeUndefined()
  expect(await readValue(off, hash([one]))).toBeUndefined()
})
