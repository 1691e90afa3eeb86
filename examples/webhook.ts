// A door for other programs. POST /<room> with {"text": "..."} speaks into the room; who mentions the bot makes it POST
// {"room", "nick", "identity", "text", "id"} to WEBHOOK_URL. Both are signed with WEBHOOK_SECRET:
//   X-Timestamp: seconds since 1970
//   X-Signature: sha256=<hex of HMAC-SHA256(secret, timestamp + "\n" + path + "\n" + body)>
// The path is that of the request, for instance /lobby.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { Bot, Context } from 'swarmchat/bot'

const { WEBHOOK_PORT = '8787', WEBHOOK_SECRET: SECRET = '', WEBHOOK_URL = '' } = process.env
const MOST_BYTES = 65_536
const LATEST_SECONDS = 300
const MOST_SIGNATURES = 1_000

export default (bot: Bot) => {
  if (SECRET.length < 16)
    throw new Error('set WEBHOOK_SECRET to 16 characters or more (--env-file)')
  bot.configure({ pace: { perSecond: 5, burst: 20 } })
  // BOUNDED: by the rooms that the bot is in.
  const rooms = new Map<string, Context>()
  const server = createServer(async (request, response) => {
    response.statusCode = await obey(request, rooms).catch(() => 500)
    response.end()
  })
  server.requestTimeout = 10_000

  bot.on('start', ctx => {
    rooms.set(ctx.room, ctx)
    server.on('error', error => ctx.log.error('the server failed', { error }))
    if (!server.listening && rooms.size === 1)
      server.listen(Number(WEBHOOK_PORT), '127.0.0.1', () =>
        ctx.log.info('listening', { port: WEBHOOK_PORT })
      )
  })
  bot.on('stop', () => {
    server.close()
    server.closeAllConnections()
  })

  bot.on('message', async (ctx, next) => {
    if (!ctx.addressed || WEBHOOK_URL === '') return next()
    const { author, id, text } = ctx.message
    const body = JSON.stringify({
      room: ctx.room,
      nick: author.nick,
      identity: author.identity,
      text,
      id
    })
    const timestamp = String(Math.floor(Date.now() / 1000))
    const headers = {
      'Content-Type': 'application/json',
      'X-Timestamp': timestamp,
      'X-Signature': sign(timestamp, pathOf(WEBHOOK_URL), body)
    }
    const { status } = await fetch(WEBHOOK_URL, {
      method: 'POST',
      body,
      headers,
      signal: ctx.signal
    })
    if (status >= 300) ctx.log.warn('the webhook was not taken', { status })
  })
}

/** Does what a request asks for; gives the status to answer with. */
async function obey(
  request: IncomingMessage,
  rooms: ReadonlyMap<string, Context>
): Promise<number> {
  if (request.method !== 'POST') return 405
  const body = await bodyOf(request)
  if (body === undefined) return 413
  if (!isSigned(request, body)) return 401
  const room = rooms.get(decodeURIComponent((request.url ?? '/').slice(1)))
  if (room === undefined) return 404
  try {
    const { text } = JSON.parse(body)
    // Resolves when the pace lets it out: whoever posts too much waits, then hears so.
    return await room.say(String(text)).id.then(
      () => 202,
      () => 429
    )
  } catch {
    return 400
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

// BOUNDED: MOST_SIGNATURES. A request that was heard once is not heard again.
const seen = new Set<string>()

function isSigned({ headers, url = '' }: IncomingMessage, body: string): boolean {
  const timestamp = String(headers['x-timestamp'] ?? '')
  const given = String(headers['x-signature'] ?? '')
  const right = sign(timestamp, url, body)
  const age = Math.abs(Date.now() / 1000 - Number(timestamp))
  if (!(age <= LATEST_SECONDS) || given.length !== right.length || seen.has(given)) return false
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(right))) return false
  seen.add(given)
  for (const oldest of seen) if (seen.size > MOST_SIGNATURES) seen.delete(oldest)
  return true
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

// The time and the path as well: what was signed for one room says nothing in another, nor later. Neither has a line feed.
function sign(timestamp: string, path: string, body: string): string {
  const hash = createHmac('sha256', SECRET).update(`${timestamp}\n${path}\n${body}`)
  return `sha256=${hash.digest('hex')}`
}
