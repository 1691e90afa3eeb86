// Packs what is published: `npm run tarball [-- words for npm pack]`. In a copy, so that nothing in the repository changes, however
// this ends, with a package.json without what is of use in the repository alone. One with `prepare` could not be installed from
// its directory, as bots of `bot new` do: npm runs it there, and what it runs is not published.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Packed whatever `files` says, beside package.json. */
const ALWAYS = ['README.md', 'LICENSE']

/** The exit code. */
function pack(words) {
  const whole = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { devDependencies: _, overrides: __, scripts: ___, ...published } = whole
  const copy = mkdtempSync(join(tmpdir(), 'swarmchat-tarball-'))
  try {
    for (const name of [...ALWAYS, ...published.files])
      cpSync(join(root, name), join(copy, name), { recursive: true })
    writeFileSync(join(copy, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
    const shell = process.platform === 'win32'
    return spawnSync('npm', ['pack', copy, ...words], { stdio: 'inherit', shell }).status ?? 1
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function refuse() {
  console.error('A tarball for others is made by: npm run tarball')
  return 1
}

const isOfNpmPack = process.env.npm_lifecycle_event === 'prepack'
process.exitCode = isOfNpmPack ? refuse() : pack(process.argv.slice(2))
