import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

import { findProgram } from './programs.js'

/** A real IRC server on a port of loopback. */
export class Ngircd {
  readonly #port: number
  readonly #config: string
  #child: ChildProcess | undefined

  constructor(port: number) {
    this.#port = port
    this.#config = join(mkdtempSync(join(tmpdir(), 'ngircd-')), 'ngircd.conf')
    const { gid, uid } = userInfo()
    writeFileSync(
      this.#config,
      `[Global]
Name = irc.test
Info = test
Listen = 127.0.0.1
Ports = ${port}
ServerUID = ${uid}
ServerGID = ${gid}
[Limits]
ConnectRetry = 1
MaxConnectionsIP = 0
[Options]
DNS = no
Ident = no
PAM = no
Syslog = no
`
    )
  }

  /** Starts it; resolves when it takes connections. */
  async start(): Promise<void> {
    this.#child = spawn(
      findProgram('ngircd') ?? 'ngircd',
      ['--config', this.#config, '--nodaemon'],
      { stdio: 'ignore' }
    )
    while (!(await takesConnections(this.#port))) await new Promise(setImmediate)
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const answer = await once(socket, 'connect').then(
    () => true,
    () => false
  )
  socket.destroy()
  return answer
}
