import { domain, type HashWork, hash, SALT_BYTES } from '../../base/crypto.js'
import { MAX_PASSWORD_BYTES } from '../config.js'
import { encodeText } from '../wire/text.js'

/** A password in the one form that is hashed, or the sentence's end that says why it is none. */
export type Password =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string }

/**
 * What a guess costs who tries passwords against a topic: 64 MiB of memory, and three passes over it. Guess: a few tenths of a
 * second, as long as somebody may wait at a prompt.
 */
export const PASSWORD_WORK: HashWork = { passes: 3, memoryBytes: 64 * 1_024 * 1_024 }

// PRECIS FreeformClass (RFC 8264, section 4.3), without the joiners U+200C and U+200D.
const DISALLOWED =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/u
// The contextual rules of RFC 5892, appendix A.
const OUT_OF_CONTEXT = [
  /(?<!l)\u00b7|\u00b7(?!l)/u,
  /\u0375(?!\p{Script=Greek})/u,
  /(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u,
  /^[^\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]*\u30fb[^\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]*$/u,
  /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/su
]

/**
 * The form in which a password is hashed: OpaqueString (RFC 8265, section 4.2), in UTF-8. Every space is U+0020, and the whole is
 * NFC; nothing is trimmed, and case counts.
 */
export function opaqueString(input: string): Password {
  const text = input.replace(/\p{Zs}/gu, ' ').normalize('NFC')
  const bytes = encodeText(text)
  if (text === '') return { ok: false, reason: 'it is empty' }
  if (bytes.byteLength > MAX_PASSWORD_BYTES) {
    return { ok: false, reason: `it has more than ${MAX_PASSWORD_BYTES} bytes` }
  }
  if (DISALLOWED.test(text) || OUT_OF_CONTEXT.some(rule => rule.test(text))) {
    return { ok: false, reason: 'it holds a character that not everybody can type, or see' }
  }
  return { ok: true, bytes }
}

/** The salt of the passwords of the room with this *normalised* name. 16 bytes. */
export function passwordSalt(name: string): Uint8Array {
  return hash([domain('password-salt'), encodeText(name)]).subarray(0, SALT_BYTES)
}
