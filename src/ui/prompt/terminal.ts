import type { Writable } from 'node:stream'

/** What lines are shown on. */
export type Screen = Writable & { readonly columns?: number; readonly rows?: number }

/** Where lines are typed, and where they are shown. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly setRawMode?: (raw: boolean) => unknown }
  readonly output: Screen
}
