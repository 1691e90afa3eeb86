import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { PeerTable } from '../../../src/swarm/peers/peer-table.js'

const key = (n: number) => Buffer.from(n.toString(16).padStart(64, '0'), 'hex')
const open = (connected: ReadonlySet<PeerKey> = new Set()) => new PeerTable(k => connected.has(k))

describe('PeerTable', () => {
  it('forgets who was only found when more come than it remembers', () => {
    const table = open()
    for (let n = 0; n < 10_000; n++) table.settle(table.known(key(n)))
    expect(table.toMap().size).toBe(4_096)
  })

  it('is not filled by those whom a firewall rejects, and they push out nobody', () => {
    const table = open()
    const found = table.known(key(1))
    table.settle(found)
    for (let n = 2; n < 20_000; n++) {
      const peer = table.known(key(n))
      peer.firewall()
      table.settle(peer)
    }
    expect(table.toMap().size).toBe(1 + 4_096)
    expect(table.get(found.key)).toBe(found)
  })

  it('remembers whom the owner banned, whatever comes, also before it was remembered', () => {
    const table = open()
    const peer = table.known(key(1))
    peer.ban()
    for (let n = 2; n < 10_000; n++) table.settle(table.known(key(n)))
    expect(table.get(peer.key)).toBe(peer)
    table.drop(peer.key)
    expect(table.get(peer.key)?.banned).toBe(true)
    peer.ban(false)
    table.drop(peer.key)
    expect(table.get(peer.key)).toBeUndefined()
  })

  it('takes a ban of the firewall for the owner’s once he says so himself', () => {
    const table = open()
    const peer = table.known(key(1))
    peer.firewall()
    table.settle(peer)
    peer.ban()
    for (let n = 2; n < 10_000; n++) {
      const other = table.known(key(n))
      other.firewall()
      table.settle(other)
    }
    expect(table.get(peer.key)?.banned).toBe(true)
  })

  it('keeps who is connected, and is banned and let in again meanwhile', () => {
    const connected = new Set<PeerKey>()
    const table = open(connected)
    const peer = table.known(key(1))
    connected.add(peer.key)
    table.settle(peer)
    peer.ban()
    peer.ban(false)
    for (let n = 2; n < 10_000; n++) table.settle(table.known(key(n)))
    expect(table.get(peer.key)).toBe(peer)
  })
})
