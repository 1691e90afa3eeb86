import { createRequire } from 'node:module'
import { afterEach } from 'vitest'

interface Guard {
  /** What would have left this machine; thrown into whoever tried, who may have swallowed it. */
  leaks: Error[]
  /** True: end the process at the first leak. */
  exits: boolean
}

const guard = createRequire(import.meta.url)('./guard-preload.cjs') as Guard
guard.exits = false

afterEach(() => {
  const [leak] = guard.leaks.splice(0)
  if (leak !== undefined) throw leak
})
