import { afterEach, beforeEach } from 'vitest'
import { Lab } from './lab.js'

/** A laboratory of its own for every test of the file. */
export function useLab(): () => Lab {
  let lab: Lab
  beforeEach(async () => {
    lab = await Lab.open()
  })
  afterEach(async () => {
    await lab.close()
  })
  return () => lab
}

/** Tells of a figure: printed, to be kept in docs/measurements.md. */
export function record(what: string, figures: Readonly<Record<string, number | string>>): void {
  const list = Object.entries(figures).map(([name, value]) => `${name} ${value}`)
  process.stdout.write(`lab: ${what}: ${list.join(', ')}\n`)
}
