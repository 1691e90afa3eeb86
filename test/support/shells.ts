import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What completes a line: given the words of it, the last of which is being typed, what the shell is offered. */
export type Complete = (...words: string[]) => string[]

const file = (script: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'completion')
  writeFileSync(path, script)
  return path
}
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
const lines = (text: string) => text.split('\n').filter(line => line !== '')

/** Runs a completion in a real shell. `before`: what the shell runs first. */
export const SHELLS: Readonly<
  Record<'bash' | 'zsh' | 'fish', (script: string, before: string) => Complete>
> = {
  bash(script, before) {
    const path = file(script)
    return (...words) => {
      const all = ['swarmchat', ...words].map(quoted).join(' ')
      const run = `${before}\nset -u\nsource ${path}\nCOMP_WORDS=(${all})\nCOMP_CWORD=${words.length}\n_swarmchat\nprintf '%s\\n' "\${COMPREPLY[@]:-}"`
      return lines(execFileSync('bash', ['--norc', '-c', run], { encoding: 'utf8' }))
    }
  },
  // Its completion system needs a terminal: what it is told is printed instead.
  zsh(script, before) {
    const path = file(script)
    return (...words) => {
      const all = ['swarmchat', ...words].map(quoted).join(' ')
      const stubs =
        // biome-ignore lint/suspicious/noTemplateCurlyInString: that is zsh
        'compdef() { : }; _files() { print -- FILES }\n_describe() { print -rl -- ${(P)argv[-1]} }\ncompadd() { print -rl -- ${(P)argv[-1]} }'
      const run = `${before}\n${stubs}\nsource ${path}\nwords=(${all}); CURRENT=${words.length + 1}\n_swarmchat`
      const offered = lines(execFileSync('zsh', ['-f', '-c', run], { encoding: 'utf8' }))
      const word = words.at(-1) ?? ''
      return offered.map(each => each.replace(/:.*/, '')).filter(each => each.startsWith(word))
    }
  },
  fish(script, before) {
    const path = file(script)
    return (...words) => {
      const line = ['swarmchat', ...words].join(' ')
      const run = `${before}\nsource ${path}\ncomplete -C ${quoted(line)}`
      const offered = lines(execFileSync('fish', ['--no-config', '-c', run], { encoding: 'utf8' }))
      return offered.map(each => each.split('\t', 1)[0] ?? '')
    }
  }
}
