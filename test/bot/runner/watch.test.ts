import { once } from 'node:events'
import { chmodSync, mkdtempSync, renameSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { watchScript } from '../../../src/bot/runner/watch.js'

afterEach(() => {
  vi.useRealTimers()
})

/** A watched script; `after` does something to the directory, waits until that was noticed, and lets time pass. */
function watched() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const script = join(directory, 'bot.ts')
  writeFileSync(script, 'export default () => {}\n')
  const onchange = vi.fn()
  onTestFinished(watchScript(script, onchange))
  const witness = watch(directory)
  onTestFinished(() => witness.close())
  const after = async (act: () => void) => {
    const noticed = once(witness, 'change')
    act()
    await noticed
    await new Promise(setImmediate)
    vi.advanceTimersByTime(1_000)
  }
  return { after, directory, onchange, script }
}

test('a save is told once, however many events it makes', async () => {
  const { after, onchange, script } = watched()
  await after(() => writeFileSync(script, 'export default () => 2\n'))
  expect(onchange).toHaveBeenCalledTimes(1)
  // What comes late is about what was told already.
  await after(() => chmodSync(script, 0o600))
  expect(onchange).toHaveBeenCalledTimes(1)
})

test('a file that takes the place of the script is a save, and other code is too', async () => {
  const { after, directory, onchange, script } = watched()
  const draft = join(directory, 'draft')
  writeFileSync(draft, 'export default () => {}\n')
  await after(() => renameSync(draft, script))
  expect(onchange).toHaveBeenCalledTimes(1)
  await after(() => writeFileSync(join(directory, 'other.js'), '\n'))
  expect(onchange).toHaveBeenCalledTimes(2)
  await after(() => writeFileSync(join(directory, 'notes.txt'), '\n'))
  expect(onchange).toHaveBeenCalledTimes(2)
})
