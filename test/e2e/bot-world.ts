import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cli, type Line, newHome } from '../support/cli.js'
import { CliWorld } from '../support/use-cli.js'

/** A world in which bots run. */
export class BotWorld extends CliWorld {
  /** A bot; resolves when it is in the room and told newcomers from those who were there. */
  async bot(
    args: readonly string[],
    env: Record<string, string> = {},
    home = newHome()
  ): Promise<Cli> {
    const bot = this.start(['bot', ...args], env, home)
    await bot.error(/"in the room"/)
    return bot
  }
}

/** Resolves when that member is known to this one. */
export function knows(cli: Cli, nick: string): Promise<Line> {
  return cli.object('join', ({ nick: other }) => other === nick)
}

/** Resolves with the message that fits. */
export function hears(cli: Cli, fits: RegExp): Promise<Line> {
  return cli.object('message', ({ text }) => fits.test(String(text)))
}

/** A script in a directory of its own; gives its path. */
export function scriptFile(text: string, name = 'bot.mjs'): string {
  const file = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), name)
  writeFileSync(file, text)
  return file
}

/** What a bot says on stderr beside its log: an error, and what to do about it. */
export function complaints(cli: Cli): string[] {
  return cli.errors.filter(line => !line.startsWith('{'))
}

/** The lines of a bot's log that are JSON. */
export function logOf(cli: Cli): Record<string, unknown>[] {
  return cli.errors.filter(line => line.startsWith('{')).map(line => JSON.parse(line))
}
