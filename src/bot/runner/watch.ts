import { watch } from 'node:fs'
import { dirname } from 'node:path'

/** Editors write a file in several steps. */
const SETTLE_MILLIS = 50
const CODE = /\.[cm]?[jt]s$/

/** Calls `onchange` when code in the script's directory changed; gives what ends that. */
export function watchScript(script: string, onchange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(dirname(script), (_, name) => {
    if (name === null || !CODE.test(name)) return
    clearTimeout(timer)
    timer = setTimeout(onchange, SETTLE_MILLIS)
  })
  watcher.on('error', () => {})
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
