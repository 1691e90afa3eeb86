import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a child process can be asked: each takes at most one argument, which crosses as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a bound that every function of one argument fits
export type Api = Record<string, (argument: any) => unknown>
type Argument<A extends Api, M extends keyof A> = Parameters<A[M]>
type Answer<A extends Api, M extends keyof A> = Awaited<ReturnType<A[M]>>

interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}
interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

const PRELOADS = ['../../test/support/guard-preload.cjs', './udx.cjs'].flatMap(path => [
  '--require',
  fileURLToPath(new URL(path, import.meta.url))
])

/**
 * A child process that answers calls. It can send nothing off this machine (the tests' guard is preloaded), and ends with
 * its parent.
 */
export class Remote<A extends Api> {
  readonly child: ChildProcess
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #calls = 0

  /** `program`: a file of bench/child. */
  constructor(program: string) {
    const file = fileURLToPath(new URL(`../child/${program}`, import.meta.url))
    const execArgv = [...process.execArgv, '--expose-gc', ...PRELOADS]
    this.child = fork(file, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.child.on('message', (reply: Reply) => this.#waiting.get(reply.id)?.(reply))
    this.child.on('exit', () => this.#fail())
  }

  /** Calls a method there. Rejects where it threw, or where the process has ended. */
  call<M extends keyof A & string>(method: M, ...args: Argument<A, M>): Promise<Answer<A, M>> {
    const id = this.#calls++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ error, value }) => {
        this.#waiting.delete(id)
        if (error === undefined) resolve(value as Answer<A, M>)
        else reject(new Error(`${method}: ${error}`))
      })
      if (this.child.connected) this.child.send({ id, method, args } satisfies Call)
      else this.#fail()
    })
  }

  /** Ends the process and waits until it has gone. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }

  #fail(): void {
    for (const [id, answer] of this.#waiting) answer({ id, error: 'the process has ended' })
  }
}

/** The other end: answers calls with these functions. */
export function serve<A extends Api>(api: A): void {
  process.on('disconnect', () => process.exit())
  process.on('message', async ({ id, method, args }: Call) => {
    const reply = await answer(api, method, args).then(
      value => ({ id, value }),
      (thrown: unknown) => ({ id, error: thrown instanceof Error ? thrown.stack : String(thrown) })
    )
    if (process.connected) process.send?.(reply)
  })
}

async function answer(api: Api, method: string, args: readonly unknown[]): Promise<unknown> {
  const run = api[method]
  if (run === undefined) throw new Error(`there is no method ${method}`)
  return run(...(args as [unknown]))
}
