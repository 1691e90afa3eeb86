import { fileURLToPath } from 'node:url'
import { SyntaxKind } from 'typescript/unstable/ast'
import {
  API,
  type Checker,
  type Symbol as ExportedSymbol,
  type Project,
  SymbolFlags,
  type Type,
  type TypeReference
} from 'typescript/unstable/sync'

/** One name that an entry exports, and what belongs to it. */
export interface PublicName {
  readonly name: string
  /**
   * Members of a class or object, values of a union of strings, `type`s of a union of events. Without
   * what comes from Node or the language, such as the methods of an EventEmitter.
   */
  readonly parts: readonly PublicPart[]
  /** The error codes that its doc comment says it throws. */
  readonly throws: readonly string[]
}

/** A member of a public name. */
interface PublicPart {
  readonly name: string
  readonly throws: readonly string[]
  /** Of an event: the fields of its first argument. */
  readonly fields: readonly string[]
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const SRC = `${ROOT}/src/`.toLowerCase()

/** What source files export, asked of the compiler: `src/index.ts`. */
export function publicNames(entries: readonly string[]): PublicName[] {
  const api = new API({ cwd: ROOT })
  try {
    const snapshot = api.updateSnapshot({ openProjects: [`${ROOT}/tsconfig.json`] })
    const project = snapshot.getProject(`${ROOT}/tsconfig.json`)
    if (project === undefined) throw new Error('the compiler knows no such project')
    return entries.flatMap(entry => namesOf(project, `${ROOT}/${entry}`))
  } finally {
    api.close()
  }
}

function namesOf(project: Project, path: string): PublicName[] {
  const { checker, program } = project
  const file = program.getSourceFile(path)
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${path} is no module`)
  const reader = new Reader(project)
  return checker.getExportsOfModule(module).map(symbol => reader.read(symbol))
}

class Reader {
  readonly #checker: Checker
  readonly #project: Project

  constructor(project: Project) {
    this.#checker = project.checker
    this.#project = project
  }

  read(exported: ExportedSymbol): PublicName {
    const isAlias = (exported.flags & SymbolFlags.Alias) !== 0
    const symbol = isAlias ? this.#checker.getAliasedSymbol(exported) : exported
    const parts = new Map(this.#parts(symbol).map(part => [part.name, part]))
    return { name: exported.name, parts: [...parts.values()], throws: this.#throws(symbol) }
  }

  #parts(symbol: ExportedSymbol): PublicPart[] {
    const isClass = (symbol.flags & SymbolFlags.Class) !== 0
    const statics = isClass ? this.#members(this.#checker.getTypeOfSymbol(symbol)) : []
    if ((symbol.flags & SymbolFlags.Type) === 0) return []
    return [...statics, ...this.#partsOf(this.#checker.getDeclaredTypeOfSymbol(symbol))]
  }

  #partsOf(type: Type): PublicPart[] {
    const union = type.isUnionType() ? type.getTypes() : []
    const values = union.flatMap(one => this.#literals(one))
    const kinds = union.flatMap(one => this.#kindsOf(one))
    if (values.length > 0) return values.map(plain)
    if (kinds.length > 0) return kinds.map(plain)
    return (union.length > 0 ? union : [type]).flatMap(one => this.#members(one))
  }

  /** The values of a string literal, or of a union of them. */
  #literals(type: Type): string[] {
    const texts = this.#checker.typeToString(type).split(' | ')
    const values = texts.flatMap(text => /^"(.*)"$/.exec(text)?.[1] ?? [])
    return values.length === texts.length ? values : []
  }

  #kindsOf(type: Type): string[] {
    const kind = this.#checker.getPropertyOfType(type, 'type')
    const own = kind && this.#checker.getTypeOfSymbol(kind)
    return own === undefined ? [] : this.#literals(own)
  }

  #members(type: Type | undefined): PublicPart[] {
    if (type === undefined) return []
    const members = this.#checker.getPropertiesOfType(type).filter(symbol => this.#isPublic(symbol))
    return members.map(symbol => ({
      name: symbol.name,
      throws: this.#throws(symbol),
      fields: this.#fieldsOfArgument(symbol)
    }))
  }

  #fieldsOfArgument(symbol: ExportedSymbol): string[] {
    const type = this.#checker.getTypeOfSymbol(symbol)
    if (type === undefined || !this.#checker.isTupleType(type)) return []
    const [first] = this.#checker.getTypeArguments(type as TypeReference)
    const fields = first?.isUnionType() === false ? this.#members(first) : []
    return fields.map(({ name }) => name)
  }

  // Private ones and symbols have names that begin with two underscores.
  #isPublic({ declarations, name }: ExportedSymbol): boolean {
    if (name.startsWith('__') || name === 'prototype') return false
    const ours = declarations?.filter(({ path }) => path.toLowerCase().startsWith(SRC)) ?? []
    return ours.some(declaration => !isProtected(declaration.resolve(this.#project)))
  }

  #throws(symbol: ExportedSymbol): string[] {
    const comment = this.#checker.getDocumentationCommentOfSymbol(symbol)
    const sentences = comment.match(/\b(Throws|Rejects with|throws)\b[^.]*/g) ?? []
    return sentences.flatMap(sentence => sentence.match(/\b[A-Z]+(_[A-Z]+)+\b|\bOFFLINE\b/g) ?? [])
  }
}

function plain(name: string): PublicPart {
  return { name, throws: [], fields: [] }
}

function isProtected(node: unknown): boolean {
  const { modifiers = [] } = node as { modifiers?: Iterable<{ readonly kind: SyntaxKind }> }
  return [...modifiers].some(({ kind }) => kind === SyntaxKind.ProtectedKeyword)
}
