import { basename } from 'node:path'

// How interpreters say where: Python, then bash, then most others.
const PLACES = [/File "([^"]+)", line (\d+)/, /^(\S+): line (\d+):/, /^(\S+\.\w+):(\d+)\b/]

/** What a program wrote on stderr last, and the last place in a file that it named. */
export class StderrTail {
  #line = ''
  #place = ''

  take(line: string): void {
    this.#line = line.trim()
    for (const pattern of PLACES) {
      const [, file, number] = pattern.exec(line.trim()) ?? []
      if (file !== undefined) this.#place = `${basename(file)}:${number}`
    }
  }

  /** `: bot.py:3: SyntaxError: invalid syntax`, or nothing where nothing was written. */
  toString(): string {
    const place = this.#place === '' || this.#line.includes(this.#place) ? '' : `: ${this.#place}`
    return this.#line === '' ? '' : `${place}: ${this.#line}`
  }
}
