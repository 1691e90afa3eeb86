// Keeps a log: a JSON line for everything that happens. LOG_FILE names the file (default: one per
// room, <room>.log), LOG_BYTES says when it is rotated (default: 1 MiB), LOG_KEEP how many old ones
// are kept (default: 5).
import { createHash } from 'node:crypto'
import { appendFile, rename, stat } from 'node:fs/promises'
import type { Bot, Context } from 'swarmchat/bot'

const BYTES = Number(process.env.LOG_BYTES ?? 1_048_576)
const KEEP = Number(process.env.LOG_KEEP ?? 5)

export default (bot: Bot) => {
  bot.on('message', { bots: true }, async (ctx, next) => {
    const { author, id, text, time } = ctx.message
    await write(ctx, {
      time,
      type: 'message',
      identity: author.identity,
      nick: author.nick,
      text,
      id
    })
    return next()
  })
  for (const type of ['join', 'leave', 'rename'] as const)
    bot.on(type, { bots: true, history: true }, async (ctx, next) => {
      const { identity, nick } = ctx.author
      await write(ctx, { time: ctx.now(), type, identity, nick })
      return next()
    })
}

async function write(ctx: Context, entry: object): Promise<void> {
  const file = process.env.LOG_FILE ?? fileOf(ctx.room)
  const line = `${JSON.stringify(entry)}\n`
  const size = await stat(file).then(
    ({ size }) => size,
    () => 0
  )
  if (size > 0 && size + Buffer.byteLength(line) > BYTES) await rotate(file)
  await appendFile(file, line, { mode: 0o600 })
}

// A name that no file can have, or too long a one, gets a hash: a/b and a_b are two rooms.
function fileOf(room: string): string {
  const name = room.replace(/[^\p{L}\p{N}_-]/gu, '_')
  if (name === room && Buffer.byteLength(name) <= 200) return `${name}.log`
  const hash = createHash('sha256').update(room).digest('hex').slice(0, 16)
  return `${[...name].slice(0, 40).join('')}~${hash}.log`
}

// x.log.4 becomes x.log.5, ... and x.log becomes x.log.1; the oldest is overwritten.
async function rotate(file: string): Promise<void> {
  for (let age = KEEP - 1; age >= 0; age -= 1)
    await rename(age === 0 ? file : `${file}.${age}`, `${file}.${age + 1}`).catch(() => {})
}
