// Packs package.json without what is of use in the repository alone: with `prepare` among its scripts, npm takes the
// package for one that builds itself where it is installed. `strip` before packing, `restore` after it.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../package.json', import.meta.url))
const kept = `${file}.whole`

function strip() {
  const { devDependencies: _, overrides: __, scripts: ___, ...published } = readWhole()
  if (!existsSync(kept)) renameSync(file, kept)
  writeFileSync(file, `${JSON.stringify(published, null, 2)}\n`)
}

// One that was left by a pack that was broken off is the whole one still.
function readWhole() {
  return JSON.parse(readFileSync(existsSync(kept) ? kept : file, 'utf8'))
}

function restore() {
  if (existsSync(kept)) renameSync(kept, file)
}

if (process.argv[2] === 'strip') strip()
else restore()
