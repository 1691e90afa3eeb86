import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's heap near what is in use, docs/measurements.md has the figures. What we handle is short-lived: the larger the young generation grows
 * (1 MB when a program starts, up to 32), the more of it, and of the buffers that it holds, waits to be collected. Buffers that
 * waited for their turn at a busy link are old by then, and 64 MB of those may wait, unless the old generation is collected as
 * soon as it has grown by three tenths.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=30')
}
