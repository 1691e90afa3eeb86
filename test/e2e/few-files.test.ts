import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { freePort } from '../support/free-port.js'

const run = promisify(execFile)

test.skipIf(process.platform === 'win32')(
  'a process that may open few files says so in a sentence',
  async () => {
    const env = {
      ...process.env,
      SWARMCHAT_HOME: newHome(),
      SWARMCHAT_LOCAL_PORT: String(await freePort())
    }
    // How far it comes depends on how many of its modules are opened at a time.
    const line = `ulimit -n 24; exec "${process.execPath}" "${PROGRAM}" whoami < /dev/null`
    const { code = 0, stderr } = await run('sh', ['-c', line], { env }).catch(thrown => thrown)
    const sentence =
      'swarmchat: This program may not open any more files and connections.\n  Let it have more: ulimit -n 1024\n'
    expect([code, stderr]).toEqual(code === 0 ? [0, ''] : [1, sentence])
  }
)
