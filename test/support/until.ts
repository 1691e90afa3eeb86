interface Emitter {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/**
 * Waits until a condition holds, looking again whenever one of the emitters tells of this event; gives its value.
 * Rejects with what the condition throws: that is how it says that it can hold no more.
 */
export async function until<T>(
  emitters: readonly Emitter[],
  event: string,
  condition: () => T
): Promise<NonNullable<T>> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      for (const emitter of emitters) emitter.off(event, check)
    }
    const check = () => {
      try {
        const value = condition()
        if (value === undefined || value === null || value === false) return
        stop()
        resolve(value)
      } catch (thrown) {
        stop()
        reject(thrown)
      }
    }
    for (const emitter of emitters) emitter.on(event, check)
    check()
  })
}
