/** Calls the next middleware. */
export type Next = () => Promise<void>

/** Does something with a context, then calls `next`, or does not: then nobody after it sees the update. */
export type Middleware<C> = (context: C, next: Next) => unknown

/** One middleware that runs these, one after another. Calling `next` twice is an error. */
export function compose<C>(middlewares: readonly Middleware<C>[]): Middleware<C> {
  return async (context, next) => {
    let reached = -1
    const run = async (index: number): Promise<void> => {
      if (index <= reached) throw new Error('next() was called twice')
      reached = index
      const middleware = middlewares[index]
      if (middleware === undefined) await next()
      else await middleware(context, () => run(index + 1))
    }
    await run(0)
  }
}
