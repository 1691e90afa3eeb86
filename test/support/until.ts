interface Emitter {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** Waits until a condition holds, looking again whenever one of the emitters tells of this event; gives its value. */
export async function until<T>(
  emitters: readonly Emitter[],
  event: string,
  condition: () => T
): Promise<NonNullable<T>> {
  return new Promise(resolve => {
    const check = () => {
      const value = condition()
      if (value === undefined || value === null || value === false) return
      for (const emitter of emitters) emitter.off(event, check)
      resolve(value)
    }
    for (const emitter of emitters) emitter.on(event, check)
    check()
  })
}
