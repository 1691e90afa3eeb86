import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** What a module names: `from './a.js'`, `import './a.js'`, `import('./a.js')`, `new URL('./a.js', import.meta.url)`. */
const NAMED = /(?:\bfrom\s+|\bimport\s*\(?\s*|\bnew URL\(\s*)['"]([^'"]+)['"]/g

/** What examples and templates import, as the configuration of the tests has it. */
const ALIASES: Readonly<Record<string, string>> = {
  'swarmchat/bot': 'src/bot/index.ts',
  'swarmchat/testing': 'src/testing/index.ts'
}

/** Which files import which, in a tree: found by reading them, as nothing is run. */
export class Imports {
  readonly #root: string
  // BOUNDED: files of the tree. Who imports a file.
  readonly #importers = new Map<string, string[]>()

  constructor(root: string, files: readonly string[]) {
    this.#root = root
    for (const file of files) {
      for (const named of this.#namedIn(file)) {
        const importers = this.#importers.get(named) ?? []
        this.#importers.set(named, importers)
        importers.push(file)
      }
    }
  }

  /** All files that reach this one by imports, with how many steps it takes them; the file itself: 0. */
  reaching(file: string): Map<string, number> {
    const steps = new Map([[file, 0]])
    // A Map gives what is added to it while it is read.
    for (const [at, step] of steps) {
      for (const importer of this.#importers.get(at) ?? [])
        if (!steps.has(importer)) steps.set(importer, step + 1)
    }
    return steps
  }

  #namedIn(file: string): string[] {
    const text = readFileSync(join(this.#root, file), 'utf8')
    return [...text.matchAll(NAMED)].flatMap(([, name = '']) => {
      const found = ALIASES[name] ?? (name.startsWith('.') && this.#resolve(dirname(file), name))
      return found ? [found] : []
    })
  }

  #resolve(folder: string, name: string): string | undefined {
    const path = normalize(join(folder, name))
    const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx'), path]
    return candidates.find(each => existsSync(join(this.#root, each)))
  }
}
