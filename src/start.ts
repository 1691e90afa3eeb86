import { createRequire } from 'node:module'
import { compiledFile } from './cli/compiled/compiled-file.js'
import { keepHeapSmall } from './cli/small-heap.js'

interface Program {
  main(onwarm?: (command: string) => void): Promise<void>
}

/** Runs the built program in this file, with what was compiled of it before. Not imported by it: nothing else is loaded twice. */
export function start(file: string): void {
  // First of all: V8 takes what was compiled with other flags for something else.
  keepHeapSmall()
  // Node's own loader finds the lines of the sources.
  const kept = process.env.SWARMCHAT_DEBUG ? undefined : compiledFile(file)
  const program = (kept?.load() ?? createRequire(file)(file)) as Program
  void program.main(command => kept?.keep(command))
}
