import type { Mutation } from './mutations.js'

/** A mutation of one of our files: `src/...`. */
export interface Mutant extends Mutation {
  readonly file: string
}
