import { integer } from '@oclif/core/flags'

/** The flag of a command that ends by itself after so many seconds: 1 to 86,400. */
export function timeoutFlag(seconds: number, description: string) {
  return { timeout: integer({ min: 1, max: 86_400, default: seconds, description }) }
}
