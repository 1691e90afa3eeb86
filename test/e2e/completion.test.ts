import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { testWith } from '../support/programs.js'
import { SHELLS } from '../support/shells.js'

/** A home with a room of this name. */
function homeWith(room: string): string {
  const home = newHome()
  const directory = join(home, 'rooms', 'a'.repeat(64))
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'name'), `${room}\n`)
  return home
}

testWith('bash')('the program completes itself, with the rooms that are kept here', () => {
  const env = { ...process.env, SWARMCHAT_HOME: homeWith('builds') }
  const run = (...words: string[]) =>
    execFileSync(process.execPath, [PROGRAM, ...words], { env, encoding: 'utf8' })
  expect(run('rooms', '--names')).toBe('builds\n')
  const program = `SWARMCHAT_HOME='${env.SWARMCHAT_HOME}' '${process.execPath}' '${PROGRAM}'`
  const complete = SHELLS.bash(run('completion', 'bash'), `swarmchat() { ${program} "$@"; }`)
  expect(complete('jo')).toEqual(['join'])
  expect(complete('join', 'bu')).toEqual(['builds'])
  expect(complete('config', 'unset', 'be')).toEqual(['bell'])
  expect(complete('join', '--network', 'p')).toEqual(['public'])
})

for (const shell of ['zsh', 'fish'] as const)
  testWith(shell)(`${shell} understands what it is given`, () => {
    const script = execFileSync(process.execPath, [PROGRAM, 'completion', shell], {
      encoding: 'utf8'
    })
    expect(SHELLS[shell](script, '')('jo')).toEqual(['join'])
  })
