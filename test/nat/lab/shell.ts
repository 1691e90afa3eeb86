import { execFileSync } from 'node:child_process'

/** Runs a program to its end and gives what it printed; throws with what it complained about. */
export function shell(file: string, ...args: readonly string[]): string {
  try {
    return execFileSync(file, args, { encoding: 'utf8', stdio: 'pipe', timeout: 10_000 })
  } catch (thrown) {
    const complaint = (thrown as { stderr?: string }).stderr?.trim()
    throw new Error(`${file} ${args.join(' ')}: ${complaint || String(thrown)}`)
  }
}
