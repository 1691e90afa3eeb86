import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { LevelStore } from '../../src/store/level-store.js'
import { kept } from '../support/kept.js'

const [MOUNT, UNMOUNT] = ['mount', 'umount']
const disk = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const isMounted = mountSmall(disk)

/** Makes this directory a disk of 2 MB; false where that is not allowed: elsewhere level-store.test.ts has a store that fails. */
function mountSmall(directory: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

beforeAll(() => {
  if (!isMounted) console.log('a full disk is not tried: mounting one takes root on Linux')
})
afterAll(() => {
  if (isMounted) execFileSync(UNMOUNT, [disk])
  rmSync(disk, { recursive: true, force: true })
})

test.skipIf(!isMounted)(
  'a disk that is really full loses nothing, and has everything when there is room',
  {
    timeout: 60_000
  },
  async () => {
    const [failed, resumed] = [deferred(), deferred<boolean>()]
    const directory = join(disk, 'store')
    const listeners = { onfail: () => failed.resolve(), onresume: resumed.resolve }
    const store = await LevelStore.open(directory, listeners)
    store.put(kept(0, 0, 1_000))
    await store.flush()
    const fill = join(disk, 'fill')
    expect(() => writeFileSync(fill, Buffer.alloc(4_000_000))).toThrow('ENOSPC')
    let count = 1
    for (; store.isBehind === false && count < 30; count++) {
      store.put(kept(count, count, 8_000))
      await store.flush()
      if (count % 10 === 0) await Promise.race([failed.promise, new Promise(setImmediate)])
    }
    await failed.promise
    rmSync(fill)
    expect(await resumed.promise).toBe(true)
    const size = (await store.load()).length
    await store.close()
    const again = await LevelStore.open(directory)
    expect(await again.load()).toHaveLength(size)
    expect(size).toBe(count)
    await again.close()
  }
)
