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
    // How far it comes depends on how many of its modules are opened at a time; Node itself may call one of them missing.
    const line = `ulimit -n 24; exec "${process.execPath}" "${PROGRAM}" whoami < /dev/null`
    const { code = 0, stderr } = await run('sh', ['-c', line], { env }).catch(thrown => thrown)
    expect(stderr).not.toMatch(/should not happen|^\s+at /m)
    if (code !== 0) expect(stderr).toMatch(/^swarmchat: .*(ulimit -n 1024|Cannot find module)/s)
  }
)
