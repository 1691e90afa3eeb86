import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { cachedDataVersionTag } from 'node:v8'
import { constants, Script } from 'node:vm'
import { cacheDirectory } from './cache-directory.js'
import { CodeStore } from './code-store.js'

type Environment = Readonly<Record<string, string | undefined>>

/** A CommonJS module whose compiled code is kept from one start to the next. */
export class CompiledFile {
  readonly #file: string
  readonly #store: CodeStore
  #script: Script | undefined
  #commands: readonly string[] = []

  constructor(file: string, store: CodeStore) {
    this.#file = file
    this.#store = store
  }

  /** Runs it; gives what it exports. Throws what it does. */
  load(): unknown {
    const code = this.#store.read()
    const script = compile(this.#file, code?.data)
    if (script.cachedDataRejected === true) this.#store.forget()
    else this.#commands = code?.commands ?? []
    this.#script = script
    const module = { exports: {} }
    const run = script.runInThisContext()
    run(module.exports, createRequire(this.#file), module, this.#file, dirname(this.#file))
    return module.exports
  }

  /** This command has come as far as it was to come quickly: what it has compiled is kept, if no run of it was before. */
  keep(command: string): void {
    if (this.#script === undefined || this.#commands.includes(command)) return
    this.#commands = [...this.#commands, command]
    this.#store.write({ commands: this.#commands, data: this.#script.createCachedData() })
  }
}

/** Undefined if nothing can be kept, or is not to be: NODE_DISABLE_COMPILE_CACHE, and for NODE_V8_COVERAGE, which would miss something. */
export function compiledFile(
  file: string,
  env: Environment = process.env
): CompiledFile | undefined {
  const directory = cacheDirectory(env)
  if (directory === undefined) return undefined
  if (env.NODE_DISABLE_COMPILE_CACHE || env.NODE_V8_COVERAGE) return undefined
  return new CompiledFile(file, new CodeStore(join(directory, 'swarmchat/code'), keyOf(file)))
}

// V8 compares the length of a file alone: whatever was installed or changed has another time of change, too.
function keyOf(file: string): string {
  const { ctimeMs, ino, mtimeMs, size } = statSync(file)
  const { arch, version } = process
  return JSON.stringify([version, arch, cachedDataVersionTag(), file, size, mtimeMs, ctimeMs, ino])
}

const BEFORE = '(function (exports, require, module, __filename, __dirname) {'
const AFTER = '\n})'

// A bundle is ASCII: read as that it is not decoded, and takes a byte for a letter.
function compile(file: string, cachedData: Buffer | undefined): Script {
  const source = `${BEFORE}${readFileSync(file, 'latin1')}${AFTER}`
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  return new Script(source, {
    filename: file,
    columnOffset: -BEFORE.length,
    importModuleDynamically,
    ...(cachedData && { cachedData })
  })
}
