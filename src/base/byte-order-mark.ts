// What editors and shells of some systems put before a text.

/** The text without the byte order mark that it may begin with. */
export function withoutMark(text: string): string {
  return text.startsWith('\u{FEFF}') ? text.slice(1) : text
}

/** True if a text file with these first bytes is UTF-16, of either order, and not the UTF-8 that we read. */
export function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
}
