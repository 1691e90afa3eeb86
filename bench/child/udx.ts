/** Bytes of UDP payload. */
export interface Traffic {
  readonly sent: number
  readonly received: number
}

interface Preloaded {
  delay: number
  traffic(): Traffic
}

/** Delays every datagram that this process sends by so many milliseconds from now on. */
export function setDelay(millis: number): void {
  preloaded().delay = millis
}

/** What all UDX sockets of this process sent and received so far, streams included. */
export function traffic(): Traffic {
  return preloaded().traffic()
}

// support/udx.cjs
function preloaded(): Preloaded {
  const { __bench } = globalThis as { __bench?: Preloaded }
  if (__bench === undefined) throw new Error('support/udx.cjs is not preloaded')
  return __bench
}
