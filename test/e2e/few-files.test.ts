import { expect, test } from 'vitest'
import { newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

test.skipIf(process.platform === 'win32').each([
  [24, ['whoami']],
  [24, ['send', 'lobby', 'hi', '--timeout', '1']],
  [64, ['bot', 'lobby', 'examples/dice.ts']]
])('a process that may open %i files says so in a sentence: %j', async (files, words) => {
  const entrance = ['sh', '-c', `ulimit -n ${files}; exec "$@"`, 'sh']
  const cli = world.start(words, {}, newHome(), entrance)
  cli.child.stdin.end()
  // How far it comes depends on how many of its modules are opened at a time; Node itself may call one of them missing.
  const works = cli.error(/in the room/).catch(() => undefined)
  const code = await Promise.race([cli.exited, works])
  const text = cli.errors.join('\n')
  expect(text).not.toMatch(/should not happen|^\s+at /m)
  const sentence = /^swarmchat: .*(ulimit -n 1024|Cannot find module|Nobody in the room)/s
  if (typeof code === 'number' && code !== 0) expect(text).toMatch(sentence)
})
