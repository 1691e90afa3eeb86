import { createRequire } from 'node:module'
import type { SecretStream } from '../../src/swarm/dht/hyperdht.js'

interface Piped extends Omit<SecretStream, 'rawStream'> {
  readonly rawStream: NodeJS.ReadWriteStream
}
const NoiseStream: new (initiator: boolean) => Piped = createRequire(import.meta.url)(
  '@hyperswarm/secret-stream'
)

/** Two ends of a connected, encrypted stream, in memory: the side that dialled, and the other. */
export async function streamPair(): Promise<[SecretStream, SecretStream]> {
  const dialler = new NoiseStream(true)
  const listener = new NoiseStream(false)
  dialler.rawStream.pipe(listener.rawStream).pipe(dialler.rawStream)
  await Promise.all([dialler.opened, listener.opened])
  return [dialler, listener] as unknown as [SecretStream, SecretStream]
}

/** Resolves when the stream is closed. */
export function closed(stream: SecretStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed) resolve()
    else stream.once('close', resolve)
  })
}
