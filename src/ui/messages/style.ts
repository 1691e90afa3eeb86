import type { IdentityKey } from '../../base/ids.js'
import { colourOf } from './colours.js'

/** How parts of a line look. What they are given is safe for a terminal, and so is what they give. */
export interface Style {
  /** The name of this identity. */
  readonly name: (text: string, identity: IdentityKey) => string
  /** What is less important: times, markers, notices. */
  readonly faint: (text: string) => string
  readonly bold: (text: string) => string
  readonly code: (text: string) => string
  /** A line that names us. */
  readonly mention: (text: string) => string
  /** What stands below all. */
  readonly status: (text: string) => string
}

const same = (text: string) => text

/** Nothing but the text. */
export const PLAIN: Style = {
  name: same,
  faint: same,
  bold: same,
  code: same,
  mention: same,
  status: same
}

/** How a terminal that shows so many bits of colour styles a line: from 8 on each name has a colour of its identity's. */
export function terminalStyle(colourBits: number): Style {
  return {
    name: (text, identity) =>
      colourBits < 8 ? bold(text) : sgr(`1;38;5;${colourOf(identity)}`, text),
    faint: text => sgr('2', text),
    bold,
    code: text => sgr('2', text),
    mention: text => sgr('7', text),
    status: text => sgr('7', text)
  }
}

function bold(text: string): string {
  return sgr('1', text)
}

function sgr(codes: string, text: string): string {
  return text === '' ? '' : `\u001b[${codes}m${text}\u001b[0m`
}
