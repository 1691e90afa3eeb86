import { defineConfig, mergeConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import base from './vitest.config.js'

const ORDER = (process.env.MUTATE_ORDER ?? '').split(',')

/** Runs test files in the order in which they were given: those nearest to a mutation first. */
class GivenOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      ORDER.findIndex(name => moduleId.endsWith(`/${name}`))
    return files.toSorted((a, b) => place(a) - place(b))
  }
}

/** What `npm run mutate` runs in its copy of the tree. It ends with the first test that fails. */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      bail: 1,
      reporters: ['dot'],
      sequence: { sequencer: GivenOrder }
    }
  })
)
