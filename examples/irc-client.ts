import { EventEmitter } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { connect as connectTls } from 'node:tls'

/** Where an IRC client goes, and who it is there. */
export interface IrcOptions {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly nick: string
  readonly channel: string
  readonly password?: string | undefined
}

/** A line of the protocol: `:nick!user@host COMMAND param :last param`. */
export interface IrcLine {
  readonly nick: string
  readonly command: string
  readonly params: readonly string[]
}

/** Bytes of text in one line: 512 in all, with our own prefix as the server adds it. */
const MOST_BYTES = 400
/** Lines that wait for a connection, or for the server's patience; the oldest is dropped. */
const MOST_WAITING = 200
/** Servers throttle who speaks faster than about two lines a second. */
const BURST = 5
const PAUSE_MILLIS = 500
const FIRST_RETRY_MILLIS = 1_000
const LONGEST_RETRY_MILLIS = 30_000
/** Nothing was heard for so long: the connection is asked, and after the same time given up. */
const SILENCE_MILLIS = 30_000

/** Stays in one channel of an IRC server, over its restarts. Emits `line` for every line that it reads, `joined`, `down`. */
export class IrcClient extends EventEmitter<{
  line: [line: IrcLine]
  joined: []
  down: [why: string]
}> {
  readonly #options: IrcOptions
  // BOUNDED: MOST_WAITING.
  readonly #waiting: string[] = []
  #nick: string
  #socket: Socket | undefined
  #joined = false
  #tokens = BURST
  #retry = FIRST_RETRY_MILLIS
  #timer: NodeJS.Timeout | undefined
  readonly #refill: NodeJS.Timeout
  #closed = false

  constructor(options: IrcOptions) {
    super()
    this.#options = options
    this.#nick = options.nick
    this.#refill = setInterval(() => this.#gainToken(), PAUSE_MILLIS)
    this.#connect()
  }

  /** What we are called there. */
  get nick(): string {
    return this.#nick
  }

  /** Says something in the channel, now or when we are back in it; long texts in several lines. */
  say(text: string): void {
    for (const line of text.split(/[\r\n]+/).flatMap(inPieces)) {
      this.#waiting.push(`PRIVMSG ${this.#options.channel} :${line}`)
      if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()
    }
    this.#flush()
  }

  /** Leaves for good. */
  close(): void {
    this.#closed = true
    clearInterval(this.#refill)
    clearTimeout(this.#timer)
    this.#socket?.end('QUIT :bye\r\n')
    this.#socket?.unref()
  }

  #connect(): void {
    const { host, nick, password, port, tls } = this.#options
    const socket = tls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port })
    this.#socket = socket
    this.#nick = nick
    socket.setTimeout(SILENCE_MILLIS, () => this.#onSilence(socket))
    let why = 'disconnected'
    socket.on('error', error => {
      why = error.message
    })
    socket.on('close', () => this.#onClose(why))
    createInterface({ input: socket })
      .on('line', text => this.#take(parseLine(text)))
      .on('error', () => {})
    if (password) this.#write(`PASS ${password}`)
    this.#write(`NICK ${nick}`)
    this.#write(`USER ${nick} 0 * :swarmchat bridge`)
  }

  #onSilence(socket: Socket): void {
    this.#write('PING :are you there')
    socket.setTimeout(SILENCE_MILLIS, () => socket.destroy(new Error('the server is silent')))
    socket.once('data', () => socket.setTimeout(SILENCE_MILLIS, () => this.#onSilence(socket)))
  }

  #onClose(why: string): void {
    this.#joined = false
    if (this.#closed) return
    this.emit('down', why)
    this.#timer = setTimeout(() => this.#connect(), this.#retry)
    this.#retry = Math.min(LONGEST_RETRY_MILLIS, 2 * this.#retry)
  }

  #take(line: IrcLine): void {
    const { command, nick, params } = line
    if (command === 'PING') this.#write(`PONG :${params.at(-1) ?? ''}`)
    else if (command === '001') this.#write(`JOIN ${this.#options.channel}`)
    else if (command === '433') this.#takeNick(`${this.#nick}_`)
    else if (command === 'KICK' && params[1] === this.#nick)
      this.#write(`JOIN ${this.#options.channel}`)
    else if (command === 'JOIN' && nick === this.#nick) this.#onJoined()
    this.emit('line', line)
  }

  #takeNick(nick: string): void {
    this.#nick = nick
    this.#write(`NICK ${nick}`)
  }

  #onJoined(): void {
    this.#joined = true
    this.#retry = FIRST_RETRY_MILLIS
    this.emit('joined')
    this.#flush()
  }

  #gainToken(): void {
    this.#tokens = Math.min(BURST, this.#tokens + 1)
    this.#flush()
  }

  #flush(): void {
    while (this.#joined && this.#tokens > 0) {
      const line = this.#waiting.shift()
      if (line === undefined) return
      this.#tokens -= 1
      this.#write(line)
    }
  }

  #write(line: string): void {
    this.#socket?.write(`${line}\r\n`)
  }
}

/** Reads a line of the protocol. */
export function parseLine(text: string): IrcLine {
  const [, prefix = '', rest = ''] = /^(?::(\S+) +)?(.*)$/.exec(text) ?? []
  const colon = rest.indexOf(' :')
  const head = colon === -1 ? rest : rest.slice(0, colon)
  const [command = '', ...params] = head.split(/ +/).filter(word => word !== '')
  if (colon !== -1) params.push(rest.slice(colon + 2))
  return { nick: prefix.split('!')[0] ?? '', command: command.toUpperCase(), params }
}

// Between characters, never inside one.
function inPieces(text: string): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const { segment } of new Intl.Segmenter().segment(text.replaceAll('\0', ''))) {
    if (Buffer.byteLength(piece + segment) > MOST_BYTES) {
      pieces.push(piece)
      piece = ''
    }
    piece += segment
  }
  return [...pieces, piece].filter(part => part.trim() !== '')
}
