import type { Cli } from '../../support/cli.js'
import { watchSlowdown } from '../../support/slowdown.js'

/** Milliseconds. */
type Millis = number

/**
 * Waits for something, but no longer than this, or what this is on a machine that others use as well; gives how long it took.
 * Says what was awaited where it did not come.
 */
export async function within(
  limit: Millis,
  what: string,
  job: Promise<unknown>,
  witnesses: readonly Cli[] = []
): Promise<Millis> {
  const since = performance.now()
  const slowdown = watchSlowdown()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const look = () => {
      const left = since + limit * slowdown() - performance.now()
      if (left > 0) timer = setTimeout(look, left)
      else reject(new Error(`not in ${limit} ms: ${what}${testimony(witnesses)}`))
    }
    timer = setTimeout(look, limit)
  })
  await Promise.race([job, late]).finally(() => clearTimeout(timer))
  return Math.round(performance.now() - since)
}

/** Everybody has been told of the joining of everybody else. */
export async function met(all: readonly Cli[]): Promise<void> {
  for (const cli of all) for (const other of all) if (cli !== other) await heardOf(cli, other)
}

/** The first one has been told of the joining of the other. */
export async function heardOf(cli: Cli, other: Cli): Promise<void> {
  const { identity } = await other.object('ready')
  await cli.object('join', line => line.identity === identity)
}

/** Everybody is ready: the room was looked up, and they announced. */
export async function ready(all: readonly Cli[]): Promise<void> {
  await Promise.all(all.map(cli => cli.object('ready')))
}

/** The first one says something, and all the others read it. */
export async function heard(text: string, from: Cli, by: readonly Cli[]): Promise<void> {
  from.say(text)
  await Promise.all(by.map(cli => cli.object('message', line => line.text === text)))
}

/** How often somebody has read each text. */
export function tally(cli: Cli): Map<unknown, number> {
  const counts = new Map<unknown, number>()
  for (const text of cli.texts()) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

function testimony(witnesses: readonly Cli[]): string {
  return witnesses
    .map(
      (cli, i) => `\n--- ${i}\n${[...cli.lines.slice(-20), ...cli.errors.slice(-20)].join('\n')}`
    )
    .join('')
}
