/** The text of some bytes, or the end of a sentence that says why they are none. */
export type PlainText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string }

// Passes a byte order mark over.
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads UTF-8, with or without a byte order mark; tells UTF-16 (what Windows calls Unicode) from other nonsense. */
export function readPlainText(bytes: Uint8Array): PlainText {
  if (isUtf16(bytes)) return { ok: false, reason: 'it is UTF-16; UTF-8 is understood' }
  try {
    return { ok: true, text: decoder.decode(bytes) }
  } catch {
    return { ok: false, reason: 'it is not UTF-8' }
  }
}

/** The text without the byte order mark that it may begin with. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\u{FEFF}') ? text.slice(1) : text
}

// By its byte order mark, or by the zeros that every second byte of Latin letters is.
function isUtf16([a, b, c, d]: Uint8Array): boolean {
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true
  const [evenZero, oddZero] = [a === 0 && c === 0, b === 0 && d === 0]
  return evenZero ? b !== 0 && d !== 0 : oddZero && a !== undefined && c !== undefined
}
