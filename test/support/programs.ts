import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'vitest'

/** Programs beside Node that some tests start. */
const PROGRAMS = [
  'bash',
  'fish',
  'jq',
  'ngircd',
  'python3',
  'scp',
  'ssh',
  'ssh-keygen',
  'sshd',
  'tmux',
  'zsh'
] as const
export type Program = (typeof PROGRAMS)[number]

// Where Debian has servers, which is not on everybody's PATH.
const DIRECTORIES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']

/** The file of a program; undefined if it is not installed. */
export function findProgram(name: Program): string | undefined {
  return DIRECTORIES.map(directory => join(directory, name)).find(file => existsSync(file))
}

/** The programs that are not installed. */
export function missingPrograms(): Program[] {
  return PROGRAMS.filter(name => findProgram(name) === undefined)
}

/** `test` for what needs these programs: skipped where one is missing, which the run says at its start. */
export function testWith(...programs: readonly Program[]): typeof test | typeof test.skip {
  return programs.every(findProgram) ? test : test.skip
}
