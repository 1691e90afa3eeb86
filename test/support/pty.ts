import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { PROGRAM } from './cli.js'

// Python's pty module, for Node has none: a terminal that ends when the helper's input ends, as a closed window does.
const HELPER = `
import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
ways = {terminal: 1, 0: terminal}
while True:
    for source in select.select(list(ways), [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b''
        if data:
            os.write(ways[source], data)
        else:
            del ways[source]
    if 0 not in ways:
        break
os.close(terminal)
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
`

/** The built program on a terminal of its own. */
export class TerminalProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** The exit code, as a shell gives it: 128 and the signal's number where a signal ended it. */
  readonly exited: Promise<number | null>
  shown = ''

  constructor(args: readonly string[], env: Record<string, string>) {
    const line = ['-c', HELPER, process.execPath, PROGRAM, ...args]
    this.child = spawn('python3', line, { env: { ...process.env, ...env } })
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.shown += text
    })
    this.exited = once(this.child, 'close').then(([code]) => code)
  }

  /** Resolves when the terminal has shown this. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.shown)) await once(this.child.stdout, 'data')
  }

  type(text: string): void {
    this.child.stdin.write(text)
  }

  /** Closes the window. */
  close(): void {
    this.child.stdin.end()
  }
}
