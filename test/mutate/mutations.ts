/** One small change of a source file that a test should notice. */
export interface Mutation {
  /** 1-based. */
  readonly line: number
  readonly what: string
  /** The whole file with the change. */
  readonly text: string
}

interface Operator {
  readonly what: string
  readonly find: RegExp
  readonly replace: string
}

// Each changes what the code does, and hardly ever into something that means the same.
const OPERATORS: readonly Operator[] = [
  { what: '< to >=', find: / < /g, replace: ' >= ' },
  { what: '> to <=', find: / > /g, replace: ' <= ' },
  { what: '<= to <', find: / <= /g, replace: ' < ' },
  { what: '>= to >', find: / >= /g, replace: ' > ' },
  { what: '=== to !==', find: / === /g, replace: ' !== ' },
  { what: '!== to ===', find: / !== /g, replace: ' === ' },
  { what: '&& to ||', find: / && /g, replace: ' || ' },
  { what: '|| to &&', find: / \|\| /g, replace: ' && ' },
  { what: '+ to -', find: / \+ (?!')/g, replace: ' - ' },
  { what: '- to +', find: / - /g, replace: ' + ' },
  { what: '* to /', find: / \* /g, replace: ' / ' },
  { what: 'true to false', find: /\btrue\b(?!\])/g, replace: 'false' },
  { what: 'false to true', find: /\bfalse\b/g, replace: 'true' },
  { what: 'condition negated', find: /\bif \(!/g, replace: 'if (' },
  { what: 'min to max', find: /Math\.min\(/g, replace: 'Math.max(' },
  { what: 'max to min', find: /Math\.max\(/g, replace: 'Math.min(' }
]

/** A number in a table of tuning: somebody should miss it, or it need not be there. */
const TUNED = /^( {2}\w+: )([\d_]+)(,?)$/
const FACTORS = [
  { what: 'ten times as large', factor: 10 },
  { what: 'a tenth', factor: 0.1 }
]

/** A statement that is a call and nothing else: taken out, somebody should miss it. */
const CALL = /^\s+(?:await |void )?(?:this\.)?#?[\w.#?]+\([^{}]*\)$/

const NO_CODE =
  /^\s*(?:\/\/|\/\*|\*|import |export (?:type|interface)|readonly |\| |'[^']*',?$)|=> void|: string \|/

/** Every mutation of a file, in the order of its lines. Comments, imports, types and lines of text are left alone. */
export function mutationsOf(source: string): Mutation[] {
  const lines = source.split('\n')
  return lines.flatMap((code, at) => (NO_CODE.test(code) ? [] : ofLine(lines, code, at)))
}

function ofLine(lines: readonly string[], code: string, at: number): Mutation[] {
  const changed = OPERATORS.flatMap(({ find, replace, what }) =>
    [...code.matchAll(find)].map(({ 0: hit, index }) => ({
      what,
      code: code.slice(0, index) + replace + code.slice(index + hit.length)
    }))
  )
  if (CALL.test(code)) changed.push({ what: 'call removed', code: '' })
  changed.push(...ofTuned(code))
  return changed.map(change => ({
    line: at + 1,
    what: change.what,
    text: lines.with(at, change.code).join('\n')
  }))
}

function ofTuned(code: string): { what: string; code: string }[] {
  const [, before, digits, after] = TUNED.exec(code) ?? []
  if (digits === undefined) return []
  const value = Number(digits.replaceAll('_', ''))
  return FACTORS.map(({ factor, what }) => ({
    what: `${before?.trim()} ${what}`,
    code: `${before}${Math.max(1, Math.round(value * factor))}${after}`
  }))
}
