import { SwarmchatError } from './errors.js'
import { ID_BYTES } from './ids.js'

// Callers in JavaScript hand over whatever they like, and nobody reads the TypeError that comes of it far from there.

/** Says what a value has to be, as in "a string"; undefined if it will do. */
export type Check = (value: unknown) => string | undefined

/** A check for every option of an interface: one that is added there is added here. */
export type Checks<O> = { readonly [Name in keyof O]-?: Check }

/** BAD_OPTION: an option of a method of the library is not what it has to be. */
export const badOption = (of: string, name: string, wanted: string, given: unknown) =>
  new SwarmchatError(
    'BAD_OPTION',
    `The option ${name} of ${of} has to be ${wanted}, and is ${kindOf(given)}.`,
    {
      hint: 'docs/library.md and docs/bot-api.md have a table of all options.'
    }
  )

/** BAD_OPTION: a method of the library was given something else than it takes. */
export const badArgument = (of: string, wanted: string, given: unknown) =>
  new SwarmchatError('BAD_OPTION', `${of} takes ${wanted}, and was given ${kindOf(given)}.`, {
    hint: 'docs/library.md and docs/bot-api.md say what every method takes.'
  })

/**
 * Checks what `of` was given; an option that is missing or undefined has its default, unless it is among the `needed`. Throws
 * BAD_OPTION.
 */
export function checkOptions<O extends object>(
  of: string,
  options: O,
  checks: Checks<O>,
  needed: readonly (keyof O)[] = []
): void {
  if (anObject(options) !== undefined) throw badArgument(of, 'an object of options', options)
  for (const [name, check] of Object.entries<Check>(checks)) {
    const given = options[name as keyof O]
    const isLeftOut = given === undefined && !needed.includes(name as keyof O)
    const wanted = isLeftOut ? undefined : check(given)
    if (wanted !== undefined) throw badOption(of, name, wanted, given)
  }
}

/** Checks a handler. Throws BAD_OPTION. */
export function checkFunction(of: string, given: unknown): void {
  const wanted = aFunction(given)
  if (wanted !== undefined) throw badArgument(of, wanted, given)
}

/** Whoever uses it checks it. */
export const checkedLater: Check = () => undefined

export const aString = typed('string', 'a string')
export const aBoolean = typed('boolean', 'true or false')
export const aFunction = typed('function', 'a function')

export const anObject: Check = value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object'

/** A number that is no less than `least`; Infinity as well. */
export const numberFrom =
  (least: number): Check =>
  value =>
    typeof value === 'number' && value >= least ? undefined : `a number from ${least} on`

/** So many bytes; undefined: any. */
export const bytes =
  (length?: number): Check =>
  value =>
    value instanceof Uint8Array && (length ?? value.byteLength) === value.byteLength
      ? undefined
      : `a Uint8Array${length === undefined ? '' : ` of ${length} bytes`}`

/** A list of what passes the check; `what`: what it is called. */
export const listOf =
  (check: Check, what: string): Check =>
  value =>
    Array.isArray(value) && value.every(each => check(each) === undefined)
      ? undefined
      : `a list of ${what}`

/** An object whose fields pass their checks, or are missing. */
export const objectOf = (checks: Readonly<Record<string, Check>>): Check =>
  withFields(checks, check => field => (field === undefined ? undefined : check(field)))

/** An object whose fields pass their checks; none is missing. */
export const objectWith = (checks: Readonly<Record<string, Check>>): Check =>
  withFields(checks, check => check)

/** An Ed25519 key pair. */
export const aKeyPair = objectWith({ publicKey: bytes(ID_BYTES), secretKey: bytes(2 * ID_BYTES) })

/** Who signs messages. */
export const anIdentity = objectWith({ key: aString, keyPair: aKeyPair })

/** What passes one of the checks; `what`: all of them in words. */
export const anyOf =
  (what: string, ...checks: readonly Check[]): Check =>
  value =>
    checks.some(check => check(value) === undefined) ? undefined : what

export const aNull: Check = value => (value === null ? undefined : 'null')

/** What an AbortController gives. */
export const aSignal: Check = value => (value instanceof AbortSignal ? undefined : 'an AbortSignal')

function withFields(
  checks: Readonly<Record<string, Check>>,
  asField: (check: Check) => Check
): Check {
  return value => {
    const notOne = anObject(value)
    if (notOne !== undefined) return notOne
    for (const [name, check] of Object.entries(checks)) {
      const wanted = asField(check)((value as Readonly<Record<string, unknown>>)[name])
      if (wanted !== undefined) return `an object in which ${name} is ${wanted}`
    }
    return undefined
  }
}

function typed(type: string, what: string): Check {
  return value => (typeof value === type ? undefined : what)
}

// Only which kind it is: it may be a secret.
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Uint8Array) return `a Uint8Array of ${value.byteLength} bytes`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
