import type { Writable } from 'node:stream'

/** What lines are shown on. */
export type Screen = Writable & { readonly columns?: number; readonly rows?: number }

/** Where lines are typed, and where they are shown. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly setRawMode?: (raw: boolean) => unknown }
  readonly output: Screen
  /** True where it is known to break rows in two that a narrower window has no place for. Default: it may show that. */
  readonly reflows?: boolean
}
