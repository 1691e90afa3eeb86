import { describe, expect, it } from 'vitest'
import { addressBlock } from '../../../src/protocol/membership/address-block.js'

describe('the block of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2'],
    ['192.0.2.200', '192.0.2'],
    ['192.0.3.7', '192.0.3'],
    ['::ffff:192.0.2.7', '192.0.2'],
    ['100.63.0.1', '100.63.0'],
    ['172.32.0.1', '172.32.0'],
    ['2001:db8:1:2::7', '2001:db8:1'],
    ['2001:DB8:1:ffff:1:2:3:4', '2001:db8:1'],
    ['2001:db8::1', '2001:db8:0'],
    ['2001:0db8:0001::1%eth0', '2001:db8:1']
  ])('%s is %s', (host, block) => {
    expect(addressBlock(host)).toBe(block)
  })

  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.9.9'],
    ...['100.64.0.1', '100.127.255.255', '0.0.0.0', '::ffff:10.0.0.1', '::', '::1', 'fe80::1'],
    ...['febf::1', 'fc00::1', 'fdff::1', '1.2.3', '1.2.3.4.5', '1.2.3.256', 'localhost', ''],
    ...['1:2:3', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::1', 'g::1']
  ])('"%s" tells nothing', host => {
    expect(addressBlock(host)).toBeUndefined()
  })
})
