import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A fenced block of a page. */
export interface CodeBlock {
  /** The page's path from the root of the repository. */
  readonly page: string
  /** The heading that it stands under. */
  readonly heading: string
  /** Empty where none is given. */
  readonly language: string
  readonly code: string
}

/** The pages whose code is type-checked and run. */
export const PAGES = ['README.md', 'docs/library.md', 'docs/scripting.md', 'docs/swarm.md'] as const

const ROOT = new URL('../../', import.meta.url)
const PIECE = /^##* (.*)$|^```(\w*)\n([\s\S]*?)^```$/gm

/** All blocks of a page, in its order. */
export function codeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(fileURLToPath(new URL(page, ROOT)), 'utf8')
  const blocks: CodeBlock[] = []
  let heading = ''
  for (const [, title, language = '', code] of text.matchAll(PIECE)) {
    if (code === undefined) heading = title ?? ''
    else blocks.push({ page, heading, language, code })
  }
  return blocks
}

/** Those that claim to be a program: everything but what a program prints. */
export function programs(): CodeBlock[] {
  return PAGES.flatMap(codeBlocks).filter(({ language }) => language !== 'text')
}

/** The n-th of them under this heading. */
export function program(page: (typeof PAGES)[number], heading: string, nth = 1): CodeBlock {
  const under = programs().filter(block => block.page === page && block.heading === heading)
  const block = under[nth - 1]
  if (block === undefined) throw new Error(`${page} has no such code: ${heading} (${nth})`)
  return block
}
