import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's young generation as small as it is when a program starts, 1 MB. What we handle is short-lived, and the larger that
 * space grows, up to 32 MB, the more of it and of the buffers that it holds waits to be collected; how long we take for what
 * we do does not depend on it. docs/measurements.md has the figures.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
