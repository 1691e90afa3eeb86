import { createRequire } from 'node:module'
import { Transform, type TransformCallback } from 'node:stream'
import type { KeyPair } from '../../src/base/crypto.js'
import type { CreateSecretStream, SecretStream } from '../../src/swarm/dht/stream-types.js'

interface Piped extends Omit<SecretStream, 'rawStream'> {
  readonly rawStream: NodeJS.ReadWriteStream & { destroy(): void }
}
const NoiseStream: {
  new (...options: Parameters<CreateSecretStream>): SecretStream
  keyPair(): KeyPair
} = createRequire(import.meta.url)('@hyperswarm/secret-stream')

// BOUNDED: entries go with their streams.
const keyPairs = new WeakMap<object, KeyPair>()
const gates = new WeakMap<object, Gate>()

/** What one end sends passes here. */
class Gate extends Transform {
  #held: (() => void) | undefined
  #isHeld = false

  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#held?.()
    this.#held = undefined
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#pass(() => done(null, chunk))
  }

  // The end as well.
  override _flush(done: TransformCallback): void {
    this.#pass(() => done())
  }

  #pass(go: () => void): void {
    if (this.#isHeld) this.#held = go
    else go()
  }
}

/** How a pair is made. */
export interface PairOptions {
  /** With the keys of this pair. */
  readonly dialler?: SecretStream
  readonly listener?: SecretStream
  /** Makes both streams. */
  readonly create?: CreateSecretStream
}

/** Two ends of a connected, encrypted stream, in memory: the side that dialled, and the other. */
export async function streamPair(options: PairOptions = {}): Promise<[SecretStream, SecretStream]> {
  const dialler = make(true, options.dialler, options.create)
  const listener = make(false, options.listener, options.create)
  join(dialler, listener)
  join(listener, dialler)
  await Promise.all([dialler.opened, listener.opened])
  return [dialler, listener] as unknown as [SecretStream, SecretStream]
}

function join(from: Piped, to: Piped): void {
  const gate = new Gate()
  gates.set(from, gate)
  from.rawStream.pipe(gate).pipe(to.rawStream)
  // What is destroyed, and not ended, ends the other side as well.
  from.rawStream.once('close', () => gate.writableEnded || to.rawStream.destroy())
}

/**
 * From now on nothing that this end sends arrives, until what is returned is called: its reader
 * does not read.
 */
export function stall(from: SecretStream): () => void {
  const gate = gates.get(from)
  gate?.hold()
  return () => gate?.release()
}

function make(
  initiator: boolean,
  like: SecretStream | undefined,
  create: CreateSecretStream = (...options) => new NoiseStream(...options)
): Piped {
  const keyPair = (like && keyPairs.get(like)) ?? NoiseStream.keyPair()
  const stream = create(initiator, null, { keyPair })
  keyPairs.set(stream, keyPair)
  return stream as unknown as Piped
}

/** Resolves when the stream is closed. */
export function closed(stream: SecretStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed) resolve()
    else stream.once('close', resolve)
  })
}
