import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { messageOf } from '../../base/errors.js'
import { readPlainText } from '../../base/plain-text.js'
import type { BotScript } from '../bot.js'
import { badScript, noScript, sentence } from '../errors.js'
import { describe, placeIn } from './describe.js'
import { moduleFile } from './entry.js'

/** What says by its name which kind of module it is; `.js` may be either wherever it lies. */
const NATIVE: ReadonlySet<string> = new Set(['.mjs', '.cjs'])
const TRANSFORMED: ReadonlySet<string> = new Set(['.js', '.ts', '.mts', '.cts'])
/** A typed script finds our API wherever it lies. */
const ALIASES = { 'swarmchat/bot': moduleFile('bot/index') }

/**
 * The function that a script exports as its default. Compiled scripts are kept in the directory `cache`. Rejects with
 * BAD_SCRIPT: one sentence, with file and line.
 */
export async function loadScript(script: string, cache: string): Promise<BotScript> {
  checkScript(script)
  const module = await load(script, cache).catch(async thrown => {
    throw badScript(sentence(await whereAndWhat(thrown, script)), { cause: thrown })
  })
  const exported = defaultOf(module)
  if (typeof exported !== 'function')
    throw noScript(`${basename(script)}:1: it has no default export that is a function.`)
  return exported as BotScript
}

/** Throws BAD_SCRIPT if there is no such file, or none of a kind that runs. */
export function checkScript(script: string): void {
  const kind = extname(script)
  if (!NATIVE.has(kind) && !TRANSFORMED.has(kind))
    throw noScript(`"${basename(script)}" is not a script: it ends in none of .js, .mjs, .ts.`)
  if (!statSync(script, { throwIfNoEntry: false })?.isFile())
    throw noScript(`There is no file ${script}.`)
  const text = readPlainText(bytesOf(script))
  if (!text.ok) throw noScript(`${basename(script)} is no script: ${text.reason}.`)
}

function bytesOf(script: string): Buffer {
  try {
    return readFileSync(script)
  } catch (thrown) {
    throw badScript(`${script} cannot be read: ${messageOf(thrown)}.`, { cause: thrown })
  }
}

// jiti strips types, without a compiler, a download or a build step, and runs `export default` in a .js of any package.
async function load(script: string, cache: string): Promise<unknown> {
  if (NATIVE.has(extname(script))) return import(pathToFileURL(script).href)
  const { createJiti } = await import('jiti')
  return createJiti(import.meta.url, { fsCache: cache, alias: ALIASES }).import(script)
}

// CommonJS puts a default export that a compiler made below another one.
function defaultOf(module: unknown): unknown {
  const exported = (module as { default?: unknown } | undefined)?.default
  if (typeof exported === 'object' && exported !== null && 'default' in exported)
    return exported.default
  return exported
}

async function whereAndWhat(thrown: unknown, script: string): Promise<string> {
  const text = describe(thrown, script)
  if (!(thrown instanceof SyntaxError) || /^\S+:\d+: /.test(text)) return text
  const line = await lineOfSyntaxError(script)
  return line === undefined
    ? `${basename(script)}: ${text}`
    : `${placeIn(script, line, script)}: ${text}`
}

// Node keeps the line of a syntax error from those that catch it, and tells it to those that ask for nothing else.
function lineOfSyntaxError(script: string): Promise<string | undefined> {
  return new Promise(resolve => {
    execFile(process.execPath, ['--check', script], { timeout: 5_000 }, (_, __, stderr) => {
      const found = stderr.split('\n').find(text => text.startsWith(`${script}:`))
      resolve(found?.slice(script.length + 1))
    })
  })
}
