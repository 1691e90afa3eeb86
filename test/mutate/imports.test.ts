import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Imports } from './imports.js'
import { stagesOf } from './tests-of.js'

const FILES = {
  'src/room/a.ts': '',
  'src/room/b.ts': "import { a } from './a.js'\nimport {\n  c\n} from './c.js'",
  'src/room/c.ts': "export const b = () => import('./b.js')",
  'src/ui/d.ts': "export type { B } from '../room/b.js'",
  'test/room/a.test.ts': "import '../../src/room/a.js'",
  'test/room/c.test.ts': "import { c } from '../../src/room/c.js'",
  'test/room/far.test.ts': "import { d } from '../../src/ui/d.js'",
  'test/room/other.test.ts': "import { x } from 'vitest'",
  'test/ui/d.test.ts': "import { d } from '../../src/ui/d.js'",
  'test/ui/b.long.test.ts': "import { b } from '../../src/room/b.js'",
  'test/nat/b.test.ts': "import { b } from '../../src/room/b.js'"
}

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imports-'))
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(join(root, dirname(file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
})

afterEach(() => rmSync(root, { recursive: true }))

test('what reaches a file by imports is found, with its distance, also around a circle', () => {
  const steps = new Imports(root, Object.keys(FILES)).reaching('src/room/a.ts')
  expect(steps.get('src/room/b.ts')).toBe(1)
  expect(steps.get('src/room/c.ts')).toBe(2)
  expect(steps.get('test/room/c.test.ts')).toBe(3)
  expect(steps.has('test/room/other.test.ts')).toBe(false)
})

test('a mutation is shown to its own test, its folder and those outside, the nearest first', () => {
  const imports = new Imports(root, Object.keys(FILES))
  expect(stagesOf('src/room/a.ts', imports.reaching('src/room/a.ts'))).toEqual([
    { tests: ['test/room/a.test.ts'], from: ['test/room/a.test.ts'] },
    { tests: ['test/room/c.test.ts', 'test/room/far.test.ts'], from: ['test/room/'] },
    { tests: ['test/ui/d.test.ts'], from: ['test/room/', 'test/doctor/', 'test/ui/', 'test/bot/'] }
  ])
})
