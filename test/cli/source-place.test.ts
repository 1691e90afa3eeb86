import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { sourcePlace } from '../../src/cli/source-place.js'

test('what a bundle throws is told by the place in the sources', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
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
})

test('what has no map is told by the place where it is', () => {
  expect(sourcePlace(new Error('no'))).toMatch(/^cli\/source-place\.test\.ts:\d+$/)
  expect(sourcePlace({ name: 'Error', message: 'no', stack: 'Error: no' })).toBeUndefined()
})
