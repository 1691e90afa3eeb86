import { MAX_NICK_BYTES } from '../config.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8; a lone surrogate becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Strict UTF-8: undefined for overlong forms, surrogates and every other ill-formed byte. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** The nick without white space around it, cut after the last whole code point within 64 bytes of UTF-8. */
export function capNick(nick: string): string {
  let kept = ''
  let bytes = 0
  for (const point of nick.trim()) {
    bytes += encoder.encode(point).byteLength
    if (bytes > MAX_NICK_BYTES) break
    kept += point
  }
  return kept
}
