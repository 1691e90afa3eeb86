/**
 * The frames of TCP connections that share one encrypted connection. A frame is one message of the secret stream: its
 * type (1 byte), the number of the TCP connection (4 bytes, little endian), and what the type says.
 */
export type PortFrame =
  /** A new TCP connection, by the side that dialled. */
  | { readonly type: 'open'; readonly id: number }
  | { readonly type: 'data'; readonly id: number; readonly bytes: Buffer }
  /** So many bytes more may be sent. */
  | { readonly type: 'credit'; readonly id: number; readonly bytes: number }
  /** Nothing more comes in this direction. */
  | { readonly type: 'end'; readonly id: number }
  /** The connection is broken off, both ways. */
  | { readonly type: 'reset'; readonly id: number }

/** Bytes before what a frame says. */
const HEAD_BYTES = 5
const OPEN = 0
const DATA = 1
const CREDIT = 2
const END = 3
const RESET = 4
const PLAIN = { open: OPEN, end: END, reset: RESET } as const
const PLAIN_TYPES = { [OPEN]: 'open', [END]: 'end', [RESET]: 'reset' } as const

/** Writes the frame into a buffer that `alloc` gives, which `SecretStream.write` then encrypts in place. */
export function encodePortFrame(frame: PortFrame, alloc: (bytes: number) => Buffer): Buffer {
  if (frame.type === 'data') {
    const { bytes, id } = frame
    const data = head(DATA, id, alloc(HEAD_BYTES + bytes.length))
    data.set(bytes, HEAD_BYTES)
    return data
  }
  if (frame.type !== 'credit') return head(PLAIN[frame.type], frame.id, alloc(HEAD_BYTES))
  const credit = head(CREDIT, frame.id, alloc(HEAD_BYTES + 4))
  credit.writeUInt32LE(frame.bytes, HEAD_BYTES)
  return credit
}

/** Reads a message of the stream; undefined if it is no frame. Data is not copied. */
export function decodePortFrame(message: Buffer): PortFrame | undefined {
  if (message.length < HEAD_BYTES) return undefined
  const [type] = message
  const id = message.readUInt32LE(1)
  if (type === DATA) return { type: 'data', id, bytes: message.subarray(HEAD_BYTES) }
  if (type === CREDIT) return readCredit(id, message)
  const plain = PLAIN_TYPES[type as keyof typeof PLAIN_TYPES]
  if (plain === undefined || message.length !== HEAD_BYTES) return undefined
  return { type: plain, id }
}

function readCredit(id: number, message: Buffer): PortFrame | undefined {
  if (message.length !== HEAD_BYTES + 4) return undefined
  return { type: 'credit', id, bytes: message.readUInt32LE(HEAD_BYTES) }
}

function head(type: number, id: number, into: Buffer): Buffer {
  into[0] = type
  into.writeUInt32LE(id, 1)
  return into
}
