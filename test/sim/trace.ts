/** A running hash of everything that happened: two runs are the same where their traces are. */
export class Trace {
  #a = 0x811c9dc5
  #b = 0x9747b28c
  #events = 0

  get events(): number {
    return this.#events
  }

  note(...numbers: readonly number[]): void {
    this.#events++
    for (const number of numbers) {
      this.#a = Math.imul(this.#a ^ (number | 0), 0x01000193)
      this.#b = Math.imul(this.#b ^ ((number * 1024) | 0), 0x85ebca6b)
      this.#b ^= this.#b >>> 13
    }
  }

  /** 16 hex digits. */
  get hash(): string {
    return hex(this.#a) + hex(this.#b)
  }
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0')
}
