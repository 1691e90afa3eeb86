import { basename } from 'node:path'

// How interpreters say where: Python, then bash, then most others.
const BASH = /^(\S+): line (\d+):/
const PLACES = [/File "([^"]+)", line (\d+)/, BASH, /^(\S+\.\w+):(\d+)\b/]

/** What a program wrote on stderr last, and the last place in a file that it named. */
export class StderrTail {
  #line = ''
  #place = ''

  take(line: string): void {
    this.#line = line.trim()
    for (const pattern of PLACES) {
      const [found, file, number] = pattern.exec(this.#line) ?? []
      if (found === undefined || file === undefined) continue
      this.#place = `${basename(file)}:${number}`
      if (pattern === BASH) this.#line = this.#line.replace(found, `${this.#place}:`)
    }
  }

  /** `: bot.py:3: SyntaxError: invalid syntax`, or nothing where nothing was written. */
  toString(): string {
    const place = this.#place === '' || this.#line.includes(this.#place) ? '' : `: ${this.#place}`
    return this.#line === '' ? '' : `${place}: ${this.#line}`
  }
}
