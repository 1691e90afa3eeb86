import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const PAGES = [ROOT, ...directoriesBelow(join(ROOT, 'docs'))].flatMap(directory =>
  readdirSync(directory)
    .filter(name => name.endsWith('.md'))
    .map(name => join(directory, name))
)

function directoriesBelow(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true })
  const below = entries.filter(entry => entry.isDirectory())
  return [directory, ...below.flatMap(({ name }) => directoriesBelow(join(directory, name)))]
}

/** The text of a page without its code. */
function prose(page: string): string {
  return readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '')
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text)
  return new Set(headings.map(slug))
}

function slug(heading: string): string {
  const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '')
  return plain.trim().replace(/\s/g, '-')
}

function broken(page: string): string[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to)
  return links.filter(to => !/^[a-z]+:/.test(to)).filter(to => !leadsSomewhere(page, to))
}

function leadsSomewhere(page: string, to: string): boolean {
  const [path = '', anchor] = to.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(target)) return false
  return anchor === undefined || !target.endsWith('.md') || anchors(target).has(anchor)
}

/** The files that a page names in `code`, with their folder, that are nowhere: below the root, src/ or a folder of it. */
function missingFiles(page: string): string[] {
  const named = [...prose(page).matchAll(/`([\w./-]+\/[\w.-]+\.(?:ts|js|md|json))`/g)]
  return named.map(([, path = '']) => path).filter(path => !isFile(path))
}

function isFile(path: string): boolean {
  return ['', 'src'].some(folder => existsSync(join(ROOT, folder, path)))
}

describe('the links of', () => {
  it.each(PAGES.map(page => relative(ROOT, page)))('%s lead somewhere', name => {
    expect(broken(join(ROOT, name))).toEqual([])
  })
})

describe('the files named in', () => {
  it.each(PAGES.map(page => relative(ROOT, page)))('%s are there', name => {
    expect(missingFiles(join(ROOT, name))).toEqual([])
  })
})
