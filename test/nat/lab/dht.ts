import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Namespace } from './namespace.js'
import type { Segment } from './segment.js'

const PORT = 49737
const NODES = fileURLToPath(new URL('./dht-nodes.mjs', import.meta.url))
const DEVICE = 'eth0'

/** 8 DHT nodes on 4 public addresses: with fewer nobody could tell its NAT. */
export class PublicDht {
  readonly namespace: Namespace
  readonly #hosts: readonly string[]
  #process: ChildProcess | undefined

  constructor(name: string, internet: Segment) {
    this.namespace = new Namespace(name)
    const first = internet.attach(this.namespace, DEVICE).address
    const more = [1, 2, 3].map(() => internet.freeAddress())
    for (const address of more) this.namespace.address(DEVICE, `${address}/24`)
    this.#hosts = [first, ...more]
  }

  /** What `--bootstrap` takes. */
  get bootstrap(): string {
    return this.#hosts.map(host => `${host}:${PORT}`).join()
  }

  /** The addresses of the nodes. */
  get addresses(): readonly string[] {
    return this.#hosts
  }

  /** Starts all nodes; resolves when they know each other. */
  async start(): Promise<void> {
    const [file, ...entrance] = this.namespace.entrance
    const args = [...entrance, process.execPath, NODES, String(PORT), ...this.#hosts]
    const env = { ...process.env, NODE_OPTIONS: '' }
    const child = spawn(file ?? 'ip', args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    const gone = once(child, 'exit').then(() => {
      throw new Error('the DHT nodes of the laboratory ended')
    })
    await Promise.race([once(child.stdout, 'data'), gone])
    gone.catch(() => {})
  }

  /** Ends all nodes at once, without a word to anybody. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}
