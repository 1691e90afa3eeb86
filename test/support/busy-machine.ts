import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'

const LOOP = 'while :; do :; done'

/** Programs that compute for nothing, so many per processor: what else runs gets little of it. Gives what ends them. */
export function busyMachine(perProcessor: number): () => void {
  const count = perProcessor * availableParallelism()
  const loops: ChildProcess[] = Array.from({ length: count }, () =>
    spawn('sh', ['-c', LOOP], { stdio: 'ignore' })
  )
  return () => {
    for (const loop of loops) loop.kill('SIGKILL')
  }
}
