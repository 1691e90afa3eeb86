import { cpSync, lstatSync } from 'node:fs'

/** Copies a home as `cp -r` does; `cpSync` refuses the sockets of a program that runs in it. */
export function copyHome(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: source => !lstatSync(source).isSocket() })
}
