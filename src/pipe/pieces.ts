import { fstatSync, read } from 'node:fs'
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { promisify } from 'node:util'

// Reading into the same few buffers, again and again: what is written is copied once more anyway, when it is encrypted.

const FILE_PIECE = 256 * 1024
const FILE_PIECES = 4
const PIPE_PIECE = 64 * 1024
const PIPE_PIECES = 12
// BOUNDED: pieces of a pipe that have arrived and were not asked for yet.
const AHEAD = 3

const readInto = promisify(read)

/**
 * What comes in on standard input, to its end. A piece is good until the writer has two file pieces
 * more in its queue; whoever keeps it longer copies it. Never holds up the end of the process.
 */
export function piecesOf(fd: 0): AsyncIterable<Buffer> {
  const kind = fstatSync(fd)
  if (kind.isFile()) return piecesOfFile(fd)
  return kind.isFIFO() || kind.isSocket() ? piecesOfPipe(fd) : process.stdin
}

// One piece ahead, so that the writer does not wait for the disk and its thread.
async function* piecesOfFile(fd: number): AsyncGenerator<Buffer> {
  const next = ring(FILE_PIECE, FILE_PIECES)
  for (let reading = readPiece(fd, next()); ; ) {
    const piece = await reading
    if (piece.length === 0) return
    reading = readPiece(fd, next())
    yield piece
  }
}

async function readPiece(fd: number, buffer: Buffer): Promise<Buffer> {
  const { bytesRead } = await readInto(fd, buffer, 0, buffer.length, null)
  return buffer.subarray(0, bytesRead)
}

// Not with `read`: one that waits for a pipe keeps the process from ending (measured).
async function* piecesOfPipe(fd: number): AsyncGenerator<Buffer> {
  const arrived: Buffer[] = [] // BOUNDED: AHEAD
  let ended = false
  let wake = () => {}
  const take = (bytes: number, buffer: Uint8Array) => {
    arrived.push(Buffer.from(buffer.buffer, buffer.byteOffset, bytes))
    wake()
    return arrived.length < AHEAD
  }
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    fd,
    readable: true,
    writable: false,
    onread: { buffer: ring(PIPE_PIECE, PIPE_PIECES), callback: take }
  }
  const socket = new Socket(options)
  const end = () => {
    ended = true
    wake()
  }
  socket.once('end', end).once('close', end).on('error', end)
  while (!ended || arrived.length > 0) {
    const piece = arrived.shift()
    if (piece !== undefined) yield piece
    else
      await new Promise<void>(resolve => {
        wake = resolve
        socket.resume()
      })
  }
  socket.destroy()
}

function ring(bytes: number, count: number): () => Buffer {
  const buffers = Array.from({ length: count }, () => Buffer.allocUnsafeSlow(bytes))
  let turn = 0
  return () => {
    turn = (turn + 1) % count
    return buffers[turn] ?? Buffer.allocUnsafeSlow(bytes)
  }
}
