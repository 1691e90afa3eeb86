// Packs package.json without what is of use in the repository alone: with `prepare` among its scripts, npm takes the
// package for one that builds itself where it is installed. `strip` before packing, `restore` after it.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../package.json', import.meta.url))
const kept = `${file}.whole`

const read = name => JSON.parse(readFileSync(name, 'utf8'))

/** A pack that was broken off leaves it so. Who has put the file back since may have changed it: then that one counts. */
const isStripped = () => existsSync(kept) && read(file).scripts === undefined

function strip() {
  if (!isStripped()) renameSync(file, kept)
  const { devDependencies: _, overrides: __, scripts: ___, ...published } = read(kept)
  writeFileSync(file, `${JSON.stringify(published, null, 2)}\n`)
}

function restore() {
  if (isStripped()) renameSync(kept, file)
  else rmSync(kept, { force: true })
}

if (process.argv[2] === 'strip') strip()
else restore()
