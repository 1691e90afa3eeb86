import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true })

/** The check of a schema in docs/schema/: `peers-1`. */
export function schema(name: string): ValidateFunction {
  const file = new URL(`../../docs/schema/${name}.json`, import.meta.url)
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
}
