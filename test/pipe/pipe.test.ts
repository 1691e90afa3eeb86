import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeyPair } from '../../src/base/crypto.js'
import { runConnect } from '../../src/pipe/connect.js'
import { WINDOW } from '../../src/pipe/flow.js'
import { formatKey } from '../../src/pipe/key.js'
import { runListen } from '../../src/pipe/listen.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import type { Network } from '../../src/swarm/networks/network.js'
import { openNetworks } from '../../src/swarm/networks/open.js'
import { freePort } from '../support/free-port.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

// One end of a pipe as a test holds it.
class End {
  readonly input = new PassThrough()
  readonly typed = false
  readonly output = new PassThrough()
  readonly notices: string[] = []
  readonly leaving = new AbortController()
  readonly notice = (line: string): void => {
    this.notices.push(line)
  }
  running: Promise<unknown> = Promise.resolve()

  async heard(bytes: number): Promise<Buffer> {
    const chunks: Buffer[] = []
    for (let heard = 0; heard < bytes; ) {
      const chunk: Buffer | null = this.output.read()
      if (chunk === null) await once(this.output, 'readable')
      else heard += chunks.push(chunk) && chunk.length
    }
    return Buffer.concat(chunks)
  }
}

let testnet: Testnet
let plain: DhtNode
const networks: Network[] = []
const ends: End[] = []

beforeEach(async () => {
  testnet = await createTestnet()
  plain = testnet.createNode()
  await plain.fullyBootstrapped()
})

afterEach(async () => {
  for (const end of ends.splice(0)) {
    end.leaving.abort()
    await end.running.catch(() => {})
  }
  await Promise.all(networks.splice(0).map(network => network.close()))
  await testnet.close()
})

function isolated(): Network[] {
  const opened = openNetworks({ mode: 'isolated', bootstrap: testnet.bootstrap })
  networks.push(...opened)
  return opened
}

function local(localPort: number): Network[] {
  const opened = openNetworks({ mode: 'local', localPort })
  networks.push(...opened)
  return opened
}

async function listen(
  pair: KeyPair,
  allow: readonly string[] = [],
  where: Network[] = isolated()
): Promise<End> {
  const end = new End()
  ends.push(end)
  await new Promise<void>(resolve => {
    const options = { keyPair: pair, allow: new Set(allow), signal: end.leaving.signal }
    end.running = runListen(where, { ...options, listening: () => resolve() }, end)
    end.running.catch(() => {})
  })
  return end
}

function connect(publicKey: Uint8Array, pair = keyPair(), where = isolated()): End {
  const end = new End()
  ends.push(end)
  const dial = { publicKey, keyPair: pair, signal: end.leaving.signal }
  end.running = runConnect(where, dial, end)
  end.running.catch(() => {})
  return end
}

async function text(end: End, bytes: number): Promise<string> {
  return (await end.heard(bytes)).toString()
}

function dialPlainly(publicKey: Uint8Array): SecretStream {
  const stream = plain.connect(publicKey)
  stream.on('error', () => {})
  return stream
}

/** Resolves when this network's node has searched for a key, in vain. */
function searchesOf(network: Network | undefined): Promise<void> {
  return new Promise(resolve => {
    const dht = network?.dht
    const connect = dht?.connect
    if (dht === undefined || connect === undefined) return
    dht.connect = function (...call) {
      const stream = connect.apply(this, call)
      stream.once('close', () => resolve())
      return stream
    }
  })
}

/** Resolves with true when the stream is ended, with false when it has heard something. */
function refusal(stream: SecretStream): Promise<boolean> {
  return new Promise(resolve => {
    stream.once('data', () => resolve(false))
    stream.once('close', () => resolve(true))
  })
}

function received(stream: SecretStream): Promise<string> {
  return new Promise(resolve => stream.once('data', bytes => resolve(bytes.toString())))
}

describe('an interruption that came before', () => {
  const interrupted = AbortSignal.abort()

  test('ends who listens at once', async () => {
    const options = { keyPair: keyPair(), allow: new Set<string>(), signal: interrupted }
    await runListen(isolated(), { ...options, listening: () => {} }, new End())
  })

  test('ends who connects, also while no network has answered yet', async () => {
    const dial = { publicKey: keyPair().publicKey, keyPair: keyPair(), signal: interrupted }
    const dht = { randomized: false }
    const silent = { name: 'local', state: 'starting', dht, on: () => {}, off: () => {} }
    for (const usable of [isolated(), [silent as unknown as Network]]) {
      await expect(runConnect(usable, dial, new End())).rejects.toMatchObject({ code: 'GIVEN_UP' })
    }
  })
})

describe('listen and connect', () => {
  test('join each other, and end when both sides have', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const connecting = connect(pair.publicKey)
    connecting.input.write('ping')
    expect(await text(listening, 4)).toBe('ping')
    connecting.input.end()
    listening.input.write('the other direction goes on')
    expect(await text(connecting, 27)).toBe('the other direction goes on')
    listening.input.end()
    await Promise.all([listening.running, connecting.running])
  })

  test('bytes pass as they are, before the end and at it', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const connecting = connect(pair.publicKey)
    const [there, back] = [randomBytes(3_000_001), randomBytes(2_000_003)]
    connecting.input.end(there)
    listening.input.end(back)
    expect((await listening.heard(there.length)).equals(there)).toBe(true)
    expect((await connecting.heard(back.length)).equals(back)).toBe(true)
    await Promise.all([listening.running, connecting.running])
  })

  test('a reader that does not read holds the writer up, and loses nothing', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const connecting = connect(pair.publicKey)
    const bytes = randomBytes(4 * WINDOW)
    let written = 0
    const writing = (async () => {
      for (; written < bytes.length; written += 65_536) {
        const room = connecting.input.write(bytes.subarray(written, written + 65_536))
        if (!room) await once(connecting.input, 'drain')
      }
      connecting.input.end()
    })()
    await once(listening.output, 'readable')
    for (let before = -1; before !== written; ) {
      before = written
      await new Promise(resolve => setTimeout(resolve, 200))
    }
    expect(written).toBeLessThan(2 * WINDOW)
    expect((await listening.heard(bytes.length)).equals(bytes)).toBe(true)
    await writing
    listening.input.end()
    await Promise.all([listening.running, connecting.running])
  })

  test('interrupted, both end', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const connecting = connect(pair.publicKey)
    connecting.input.write('x')
    await listening.heard(1)
    connecting.leaving.abort()
    await connecting.running
    listening.leaving.abort()
    await listening.running
  })
})

describe('with plain hyperdht programs', () => {
  test('a plain server that writes what is typed', async () => {
    const pair = keyPair()
    const typed = new PassThrough()
    const shown: string[] = []
    await plain
      .createServer({}, stream => {
        stream.on('error', () => {})
        stream.on('data', bytes => shown.push(bytes.toString()))
        typed.on('data', bytes => stream.write(bytes))
        stream.on('end', () => stream.end())
      })
      .listen(pair)
    const connecting = connect(pair.publicKey)
    connecting.input.write('are you there?\n')
    typed.write('yes\n')
    expect(await text(connecting, 4)).toBe('yes\n')
    connecting.input.end()
    await connecting.running
    expect(shown.join('')).toBe('are you there?\n')
  })

  test('a plain client that pipes', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const stream = dialPlainly(pair.publicKey)
    stream.write('from plain\n')
    expect(await text(listening, 11)).toBe('from plain\n')
    listening.input.write('from ours\n')
    expect(await received(stream)).toBe('from ours\n')
    stream.end()
    listening.input.end()
    await listening.running
  })

  test('several clients: each line to all, whole lines from all', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const [one, two] = [dialPlainly(pair.publicKey), dialPlainly(pair.publicKey)]
    one.write('o\n')
    two.write('t\n')
    await listening.heard(4)
    const both = [received(one), received(two)]
    listening.input.write('to all\n')
    expect(await Promise.all(both)).toEqual(['to all\n', 'to all\n'])
    one.write('half of one, ')
    two.write('all of two\n')
    expect(await text(listening, 11)).toBe('all of two\n')
    one.write('and the rest\n')
    expect(await text(listening, 26)).toBe('half of one, and the rest\n')
  })

  test('a client that vanishes does not end the listener', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const first = dialPlainly(pair.publicKey)
    first.write('1')
    await listening.heard(1)
    first.destroy()
    const second = dialPlainly(pair.publicKey)
    second.write('2')
    expect(await text(listening, 1)).toBe('2')
    const heard = received(second)
    listening.input.write('still here')
    expect(await heard).toBe('still here')
  })

  test('who vanishes before the end is a failure of connect', async () => {
    const pair = keyPair()
    const server = plain.createServer({}, stream => {
      stream.on('error', () => {})
      stream.on('data', () => stream.destroy())
    })
    await server.listen(pair)
    const connecting = connect(pair.publicKey)
    connecting.input.write('x')
    await expect(connecting.running).rejects.toMatchObject({ code: 'ECONNRESET', exitCode: 1 })
  })
})

describe('on the local network', () => {
  test('who has not announced anew yet, because the hub has just ended, is found all the same', async () => {
    const [pair, port] = [keyPair(), await freePort()]
    // Nobody there but us: we are the new hub.
    const where = local(port)
    const connecting = connect(pair.publicKey, keyPair(), where)
    connecting.input.write('hello')
    await Promise.all(where.map(network => network.ready))
    const searched = searchesOf(where[0])
    await searched
    const listening = await listen(pair, [], local(port))
    expect(await text(listening, 5)).toBe('hello')
  })

  test('who is not there is not there after a while', async () => {
    const connecting = connect(keyPair().publicKey, keyPair(), local(await freePort()))
    await expect(connecting.running).rejects.toMatchObject({ code: 'PEER_NOT_FOUND' })
  })
})

describe('who is let in', () => {
  test('nobody listens under a key: a sentence', async () => {
    const connecting = connect(keyPair().publicKey)
    await expect(connecting.running).rejects.toMatchObject({ code: 'PEER_NOT_FOUND', exitCode: 1 })
  })

  test('no more than 64 at a time, also where many come at once', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const streams = Array.from({ length: 70 }, () => dialPlainly(pair.publicKey))
    const refused = Promise.all(streams.map(stream => refusal(stream)))
    for (const stream of streams) stream.write('x\n')
    await listening.heard(2 * 64)
    listening.input.write('to all who are there\n')
    expect((await refused).filter(Boolean)).toHaveLength(6)
    expect(listening.notices.filter(line => line.startsWith('connected'))).toHaveLength(64)
  })

  test('one key that holds all 64 places keeps nobody else out', async () => {
    const pair = keyPair()
    const listening = await listen(pair)
    const streams = Array.from({ length: 64 }, () => dialPlainly(pair.publicKey))
    for (const stream of streams) stream.write('x\n')
    await listening.heard(2 * 64)
    const connecting = connect(pair.publicKey)
    connecting.input.write('hello\n')
    expect(await text(listening, 6)).toBe('hello\n')
    expect(listening.notices.filter(line => line.startsWith('gone'))).toHaveLength(1)
  })

  test('--allow lets in that key and no other', async () => {
    const [pair, friend] = [keyPair(), keyPair()]
    const listening = await listen(pair, [formatKey(friend.publicKey)])
    const stranger = dialPlainly(pair.publicKey)
    stranger.write('let me in')
    const connecting = connect(pair.publicKey, friend)
    connecting.input.write('hello')
    expect(await text(listening, 5)).toBe('hello')
    expect(listening.notices).toHaveLength(1)
  })
})
