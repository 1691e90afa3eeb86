import { describe, expect, test } from 'vitest'
import { formatTcpAddress, parseTcpAddress } from '../../../src/pipe/ports/tcp-address.js'

describe('a TCP address', () => {
  test.each([
    ['22', '127.0.0.1', 22],
    ['127.0.0.1:22', '127.0.0.1', 22],
    ['nas.lan:8080', 'nas.lan', 8080],
    ['[::1]:22', '::1', 22],
    [' localhost:0 ', 'localhost', 0]
  ])('%s', (text, host, port) => {
    expect(parseTcpAddress(text)).toEqual({ host, port })
  })

  test.each(['', 'ssh', ':22', '::1:22', 'a:b', '1.2.3.4:70000', '1.2.3.4:'])('not "%s"', text => {
    expect(() => parseTcpAddress(text)).toThrow(
      expect.objectContaining({ code: 'BAD_TCP_ADDRESS' })
    )
  })

  test('is written as it is read', () => {
    for (const text of ['127.0.0.1:22', '[::1]:22']) {
      expect(formatTcpAddress(parseTcpAddress(text))).toBe(text)
    }
  })
})
