import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkLocalHub } from '../../../src/swarm/hub/hub-check.js'
import { findHub } from '../../../src/swarm/hub/hub-client.js'
import { ownerOf } from '../../../src/swarm/hub/hub-owner.js'
import { openHub } from '../../../src/swarm/hub/hub-server.js'
import { fakeHub } from '../../support/fake-hub.js'
import { freePort } from '../../support/free-port.js'

let port: number
const open: { close(): Promise<unknown> }[] = []
beforeEach(async () => {
  port = await freePort()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(one => one.close()))
})

describe('a check-up of the local hub', () => {
  it('finds that we could be it, and leaves nothing behind', async () => {
    expect(await checkLocalHub(port)).toEqual({ state: 'free' })
    expect(await checkLocalHub(port)).toEqual({ state: 'free' })
  })

  it('finds another swarmchat, and whose it is', async () => {
    const home = await openHub({ port })
    open.push({ close: () => home.leave() })
    const owner = process.platform === 'linux' ? process.getuid?.() : undefined
    expect(await checkLocalHub(port)).toEqual({ state: 'running', owner })
  })

  it.each(['none', 'forgetful'] as const)(
    'is not taken in by who only greets (node: %s)',
    async node => {
      open.push(await fakeHub(port, node))
      expect(await checkLocalHub(port)).toMatchObject({
        state: 'taken',
        problem: { code: 'HUB_SILENT' }
      })
    }
  )

  it('tells a stranger on the port', async () => {
    const stranger = createServer(socket =>
      socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.6 and more\r\n')
    )
    await once(stranger.listen(port, '127.0.0.1'), 'listening')
    open.push({ close: () => new Promise(resolve => stranger.close(resolve)) })
    const message = `Port ${port} of this machine is taken by another program`
    expect(await checkLocalHub(port)).toMatchObject({
      state: 'taken',
      problem: { code: 'PORT_TAKEN', message: expect.stringContaining(message) }
    })
    const elsewhere = findHub({ port, host: 'localhost' }, new AbortController().signal)
    await expect(elsewhere).rejects.toThrow(`Port ${port} of localhost is taken`)
  })
})

describe('the owner of a port', () => {
  const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:7074 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 145625 1 0000
   1: 0100007F:7073 0100007F:7CA7 01 00000000:00000000 00:00000000 00000000  1001        0 144214 1 0000
   2: 0100007F:7073 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1002        0 144215 1 0000
`

  it('is who listens there, not who is connected', async () => {
    expect(await ownerOf(28787, async () => TABLE)).toBe(1002)
    expect(await ownerOf(1, async () => TABLE)).toBeUndefined()
  })

  it('is unknown where the system does not tell, or tells something else', async () => {
    for (const read of [async () => '', async () => 'what?', () => Promise.reject(new Error('no'))])
      expect(await ownerOf(28787, read)).toBeUndefined()
  })
})
