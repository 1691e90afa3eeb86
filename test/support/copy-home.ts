import { cpSync, lstatSync } from 'node:fs'

/** Copies a home as `cp -r` does; `cpSync` refuses the sockets of a program that runs in it. */
export function copyHome(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: source => isCopied(source) })
}

/** No sockets, nor what is about to be renamed: either may be gone by then. */
function isCopied(source: string): boolean {
  return (
    !source.endsWith('.tmp') && lstatSync(source, { throwIfNoEntry: false })?.isSocket() === false
  )
}
