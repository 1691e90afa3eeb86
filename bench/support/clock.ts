/** Milliseconds on a clock that all processes of the machine share (CLOCK_MONOTONIC). */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6

/** Waits so many milliseconds. */
export const sleep = (millis: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, millis))

/** The value, or undefined where it has not come in this time. */
export async function within<T>(millis: number, job: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, millis, undefined)
  })
  return Promise.race([job, late]).finally(() => clearTimeout(timer))
}
