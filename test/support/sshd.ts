import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { findProgram } from './programs.js'

/** A real SSH server on loopback, with keys of its own, and what its clients need. */
export class Sshd {
  readonly port: number
  readonly directory: string
  /** Options of ssh and scp: this server's key, our own one, no questions. */
  readonly options: readonly string[]
  readonly user = userInfo().username
  readonly #child: ChildProcess

  private constructor(port: number, directory: string, child: ChildProcess) {
    this.port = port
    this.directory = directory
    this.#child = child
    this.options = [
      ...['-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no'],
      ...['-o', `UserKnownHostsFile=${join(directory, 'known')}`, '-o', 'LogLevel=ERROR'],
      ...['-i', join(directory, 'user')]
    ]
  }

  /** Resolves when it takes connections. */
  static async start(): Promise<Sshd> {
    const directory = mkdtempSync(join(tmpdir(), 'swarmchat-sshd-'))
    for (const name of ['host', 'user']) makeKey(join(directory, name))
    execFileSync('cp', [join(directory, 'user.pub'), join(directory, 'authorized')])
    const port = await freePort()
    writeFileSync(join(directory, 'config'), config(directory, port))
    // Debian's makes it when the service starts.
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    const child = spawn(findProgram('sshd') ?? '', ['-D', '-e', '-f', join(directory, 'config')])
    await listening(child)
    return new Sshd(port, directory, child)
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    rmSync(this.directory, { recursive: true })
  }
}

function makeKey(file: string): void {
  execFileSync(findProgram('ssh-keygen') ?? '', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  chmodSync(file, 0o600)
}

function config(directory: string, port: number): string {
  return `ListenAddress 127.0.0.1:${port}
HostKey ${join(directory, 'host')}
AuthorizedKeysFile ${join(directory, 'authorized')}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
`
}

async function listening(child: ChildProcess): Promise<void> {
  let told = ''
  const { stderr } = child
  if (stderr === null) throw new Error('no stderr')
  for await (const bytes of stderr.iterator({ destroyOnReturn: false })) {
    told += bytes
    if (told.includes('Server listening')) {
      stderr.resume()
      return
    }
  }
  throw new Error(`sshd ended: ${told}`)
}
