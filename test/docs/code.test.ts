import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API, type Diagnostic } from 'typescript/unstable/sync'
import { expect, test } from 'vitest'
import { type CodeBlock, codeBlocks, PAGES, programs } from '../support/doc-code.js'

// The code of the pages, as far as it can be checked without running it; test/e2e/doc-code.test.ts runs it.

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CHECKED = ['ts', 'js']

test('every block says what it is: a program, or text', () => {
  const languages = new Set(PAGES.flatMap(codeBlocks).map(({ language }) => language))
  expect([...languages].sort()).toEqual(['bash', 'js', 'text', 'ts'])
})

test('the TypeScript and JavaScript compile', () => {
  const blocks = programs().filter(({ language }) => CHECKED.includes(language))
  expect(blocks.length).toBeGreaterThan(8)
  expect(diagnosticsOf(blocks)).toEqual([])
})

test('what does not compile would be noticed', () => {
  const wrong = (code: string) =>
    diagnosticsOf([{ page: 'x.md', heading: '', language: 'js', code }]).join()
  expect(wrong(`import { Swarm } from 'swarmchat'\nnew Swarm().joinn()\n`)).toMatch(/joinn/)
  expect(wrong(`import { Swarn } from 'swarmchat'\nnew Swarn()\n`)).toMatch(/Swarn/)
})

/** What the compiler says against these, with its page. */
function diagnosticsOf(blocks: readonly CodeBlock[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  blocks.forEach(({ code, language }, i) => {
    writeFileSync(join(directory, `${i}.m${language}`), code)
  })
  const config = join(directory, 'tsconfig.json')
  writeFileSync(config, JSON.stringify(configFor()))
  const api = new API({ cwd: directory })
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (project === undefined) throw new Error('the compiler did not open the project')
    const { program } = project
    expect(program.getProgramDiagnostics().map(({ text }) => text)).toEqual([])
    return blocks.flatMap(({ language, page }, i) => {
      const file = join(directory, `${i}.m${language}`)
      expect(program.getSourceFile(file), file).toBeDefined()
      const found: readonly Diagnostic[] = [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file)
      ]
      return found.map(({ text }) => `${page}: ${text}`)
    })
  } finally {
    api.close()
  }
}

function configFor() {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      allowJs: true,
      checkJs: true,
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths: {
        swarmchat: [join(ROOT, 'src/index.ts')],
        'swarmchat/bot': [join(ROOT, 'src/bot/index.ts')]
      }
    },
    include: ['*.mts', '*.mjs']
  }
}
