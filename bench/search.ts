import type { MessageId } from '../src/base/ids.js'
import { FoldedTexts, wordsOf } from '../src/protocol/chat/search.js'

// Full-text search over 100,000 lines: npx tsx bench/search.ts

const LINES = 100_000
const ROUNDS = 20
const WORDS =
  'the build is green again after fix of release plan tests on main branch who broke it today'.split(
    ' '
  )

const texts = new FoldedTexts()
const begun = performance.now()
for (let n = 0; n < LINES; n++) {
  const words = Array.from({ length: 12 }, (_, at) => WORDS[(n * 7 + at * 5) % WORDS.length])
  texts.set(n.toString(16).padStart(64, '0') as MessageId, `${words.join(' ')} ${n}`)
}
const built = performance.now() - begun

function median(query: string): string {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    for (const _ of texts.find(wordsOf(query)));
    return performance.now() - start
  })
  return `${(times.sort((a, b) => a - b)[ROUNDS / 2] ?? 0).toFixed(1)} ms`
}

console.log(`${LINES} lines folded in ${built.toFixed(0)} ms`)
for (const query of ['99999', 'green release', 'nothing like it'])
  console.log(`${query}: ${median(query)}`)
