import type { Writable } from 'node:stream'

/**
 * Writes texts to this stream, all of one turn of the event loop at once: a pipe would take a system call for each line, and a crowd that comes or a
 * history makes thousands of them.
 *
 * @example
 * const print = gathered(process.stdout)
 * print('one\n')
 * print('two\n')
 */
export function gathered(output: Pick<Writable, 'cork' | 'uncork' | 'write'>) {
  let isCorked = false
  const release = () => {
    isCorked = false
    output.uncork()
  }
  return (text: string): void => {
    if (!isCorked) {
      isCorked = true
      output.cork()
      process.nextTick(release)
    }
    output.write(text)
  }
}
