import type { IdentityKey } from '../../base/ids.js'

const CUBE_STEPS = [0, 95, 135, 175, 215, 255]
/** A colour of the cube has one of these luminances (WCAG 2.1): contrast with black and with white is at least 3.7. */
const [DARKEST, LIGHTEST] = [0.135, 0.233]
/** ... and so much between its strongest and its weakest part: no greys. Guess. */
const MIN_CHROMA = 80

/** The colours of names: of xterm's 256 those that can be read on dark and on light. */
export const NAME_COLOURS: readonly number[] = Array.from({ length: 216 }, (_, i) => i + 16).filter(
  isReadable
)

/** The colour of an identity: always the same, whatever its nick. */
export function colourOf(identity: IdentityKey): number {
  const index = Number.parseInt(identity.slice(0, 8), 16) % NAME_COLOURS.length
  return NAME_COLOURS[index] ?? 0
}

/** Red, green and blue of a colour of the cube, 0 to 255. */
export function partsOf(colour: number): number[] {
  const index = colour - 16
  const steps = [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6]
  return steps.map(step => CUBE_STEPS[step] ?? 0)
}

function isReadable(colour: number): boolean {
  const parts = partsOf(colour)
  const [strongest, weakest] = [Math.max(...parts), Math.min(...parts)]
  const luminance = luminanceOf(parts)
  return strongest - weakest >= MIN_CHROMA && luminance >= DARKEST && luminance <= LIGHTEST
}

/** Relative luminance of red, green and blue, 0 to 1, as WCAG 2.1 defines it. */
export function luminanceOf(parts: readonly number[]): number {
  const linear = parts.map(part => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  const [red = 0, green = 0, blue = 0] = linear
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
