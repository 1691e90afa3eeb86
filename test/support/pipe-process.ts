import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { memoryOf } from './memory-of.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUARD = join(ROOT, 'test/support/guard-preload.cjs')
const PLAIN = join(ROOT, 'test/support/plain-pipe.mjs')

/** A child process whose standard streams are a pipe's; it must not send anything off this machine. */
export class PipeProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** The exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>
  stderr = ''
  /** Bytes handed to its standard input. */
  fed = 0

  constructor(file: string, args: readonly string[], env: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [file, ...args], {
      env: { ...process.env, NODE_OPTIONS: `--require ${GUARD}`, ...env }
    })
    this.child.stdin.on('error', () => {})
    this.child.stderr.on('data', bytes => {
      this.stderr += bytes
    })
    this.exited = once(this.child, 'close').then(([code]) => code)
  }

  /** Resolves with what the pattern's group matches on stderr. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.stderr)
      if (match !== null) return match[1] ?? match[0]
      if (this.child.stderr.closed) throw this.#ended(`no ${pattern}`)
      await Promise.race([once(this.child.stderr, 'data'), this.exited])
    }
  }

  /** Resolves with this many bytes of stdout as text. */
  async hears(bytes: number): Promise<string> {
    let text = ''
    while (text.length < bytes) {
      const chunk: Buffer | null = this.child.stdout.read()
      if (chunk !== null) text += chunk
      else if (this.child.stdout.readableEnded || this.child.stdout.destroyed)
        throw this.#ended(text)
      else await Promise.race([once(this.child.stdout, 'readable'), this.exited])
    }
    return text
  }

  /** Resolves with the SHA-256 of so many bytes of stdout, or of all. */
  async checksum(bytes = Number.POSITIVE_INFINITY): Promise<string> {
    const hash = createHash('sha256')
    let heard = 0
    for await (const chunk of this.child.stdout.iterator({ destroyOnReturn: false })) {
      hash.update(chunk)
      heard += chunk.length
      if (heard >= bytes) break
    }
    return hash.digest('hex')
  }

  /** Writes so many megabytes that nothing compresses or repeats, ends, and resolves with their SHA-256. */
  async feed(megabytes: number): Promise<string> {
    const hash = createHash('sha256')
    for (let megabyte = 0; megabyte < megabytes; megabyte += 1) {
      const bytes = createHash('shake256', { outputLength: 1_000_000 })
        .update(`${megabyte}`)
        .digest()
      hash.update(bytes)
      this.fed += bytes.length
      if (!this.child.stdin.write(bytes)) await once(this.child.stdin, 'drain')
    }
    this.child.stdin.end()
    return hash.digest('hex')
  }

  #ended(heard: string): Error {
    return new Error(`the process ended; heard: ${heard}\n${this.stderr}`)
  }

  /** Resolves when it has taken this many bytes or more, and then none for so long: it is held up, or has all. */
  async heldUp(bytes: number, millis = 1_500): Promise<void> {
    for (let before = -1; this.fed < bytes || this.fed !== before; ) {
      before = this.fed
      await sleep(millis)
    }
  }

  /** Megabytes of memory in use at most so far (Linux); 0 elsewhere. */
  peakMemory(): number {
    return process.platform === 'linux' ? memoryOf(this.child.pid).most : 0
  }
}

/** swarmchat, as built. */
export function swarmchat(args: readonly string[], env: Record<string, string> = {}): PipeProcess {
  return new PipeProcess(join(ROOT, 'bin/run.js'), args, env)
}

/** The classic demo: `server` with a seed, or `client` with a public key. */
export function plainPipe(role: 'server' | 'client', port: number, hex: string): PipeProcess {
  return new PipeProcess(PLAIN, [role, String(port), hex])
}
