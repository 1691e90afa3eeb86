import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { sourcePlace } from '../../src/cli/source-place.js'

test.each(['swarmchat-', 'with blanks (old) '])(
  'what a bundle in %s throws is told by the place in the sources',
  async name => {
    const directory = mkdtempSync(join(tmpdir(), name))
    const source = join(directory, 'room.ts')
    writeFileSync(source, '// Comment\n\n// Another\nexport const thrown = () => new Error("no")\n')
    const outfile = join(directory, 'chunk.cjs')
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      format: 'cjs',
      sourcemap: 'linked',
      sourcesContent: false
    })
    const { thrown } = createRequire(import.meta.url)(outfile)
    expect(thrown().stack).toContain('chunk.cjs')
    expect(sourcePlace(thrown())).toMatch(/room\.ts:4$/)
  }
)

test('what Node throws is told by the place that called it', () => {
  const thrown = (() => {
    try {
      return new URL('no')
    } catch (error) {
      return error as Error
    }
  })() as Error
  const { stack = '' } = thrown
  expect(stack).toMatch(/^ +at .*node:internal/m)
  expect(sourcePlace(thrown)).toMatch(/^cli\/source-place\.test\.ts:\d+$/)
})

test('what has no map is told by the place where it is', () => {
  expect(sourcePlace(new Error('no'))).toMatch(/^cli\/source-place\.test\.ts:\d+$/)
  expect(sourcePlace({ name: 'Error', message: 'no', stack: 'Error: no' })).toBeUndefined()
})
