import { describe, expect, test } from 'vitest'
import { codeOf } from '../../../src/base/errors.js'
import { parseNetworkFlags } from '../../../src/commands/flags/network-flags.js'
import {
  formatAddress,
  hasLoopback,
  isLoopback,
  parseAddress,
  parseAddresses
} from '../../../src/swarm/networks/addresses.js'

const codeThrownBy = (action: () => unknown): string | undefined => {
  try {
    action()
  } catch (thrown) {
    return codeOf(thrown)
  }
  return undefined
}

describe('addresses', () => {
  test.each(['127.0.0.1:1', 'example.org:65535', 'dht-1.example.org:49737', 'localhost:80'])(
    '%s is one',
    text => {
      expect(formatAddress(parseAddress(text))).toBe(text)
    }
  )

  test.each([
    '',
    ':',
    'host',
    'host:',
    ':1',
    'host:0',
    'host:65536',
    'host:1x',
    '1.2.3:4',
    '::1:4',
    'a b:1',
    '-:1'
  ])('"%s" is none', text => {
    expect(codeThrownBy(() => parseAddress(text))).toBe('BAD_ADDRESS')
  })

  test('a list has commas, and at least one', () => {
    expect(parseAddresses('a:1, b:2,')).toEqual([
      { host: 'a', port: 1 },
      { host: 'b', port: 2 }
    ])
    expect(codeThrownBy(() => parseAddresses(''))).toBe('BAD_ADDRESS')
  })

  test('a machine has loopback where an interface has 127.0.0.1, or the system does not tell', () => {
    expect(hasLoopback(() => ({ lo: [{ address: '127.0.0.1' }] }))).toBe(true)
    expect(hasLoopback(() => ({ lo: [{ address: '::1' }], eth0: [{ address: '10.0.0.1' }] }))).toBe(
      false
    )
    expect(hasLoopback(() => ({}))).toBe(false)
    const forbidden = () => {
      throw new Error('uv_interface_addresses')
    }
    expect(hasLoopback(forbidden)).toBe(true)
  })

  test('loopback is 127.x and localhost', () => {
    expect(isLoopback({ host: '127.1.2.3', port: 1 })).toBe(true)
    expect(isLoopback({ host: 'localhost', port: 1 })).toBe(true)
    expect(isLoopback({ host: '128.0.0.1', port: 1 })).toBe(false)
    expect(isLoopback({ host: '127.example.org', port: 1 })).toBe(false)
  })
})

describe('network flags', () => {
  test('auto is the default', () => {
    expect(parseNetworkFlags({}, {})).toEqual({ mode: 'auto' })
  })

  test('the environment counts where there are no flags', () => {
    const env = { SWARMCHAT_BOOTSTRAP: '10.0.0.1:5', SWARMCHAT_LOCAL_PORT: '7' }
    expect(parseNetworkFlags({}, env)).toEqual({
      mode: 'isolated',
      bootstrap: [{ host: '10.0.0.1', port: 5 }]
    })
    expect(parseNetworkFlags({ network: 'local' }, env)).toEqual({ mode: 'local', localPort: 7 })
    expect(parseNetworkFlags({}, { SWARMCHAT_NETWORK: 'public' })).toEqual({ mode: 'public' })
  })

  test('bad ones are refused', () => {
    const both = { network: 'local', bootstrap: 'a:1' }
    expect(codeThrownBy(() => parseNetworkFlags(both, {}))).toBe('BAD_NETWORK')
    expect(codeThrownBy(() => parseNetworkFlags({}, { SWARMCHAT_NETWORK: 'moon' }))).toBe(
      'BAD_NETWORK'
    )
    expect(codeThrownBy(() => parseNetworkFlags({ bootstrap: '' }, {}))).toBe('BAD_ADDRESS')
  })
})
