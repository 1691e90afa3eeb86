import { expect, test } from 'vitest'
import { type Admitting, admittingOn } from '../../../src/room/admission/admitting.js'

test('networks that are given back let nobody in any more', async () => {
  const done: string[] = []
  const admitting = { stop: async () => void done.push('stopped') } as unknown as Admitting
  const lease = { networks: [], release: async () => void done.push('given back') }
  const admits = admittingOn(lease, admitting)
  expect(admits.networks).toBe(lease.networks)
  await admits.release()
  expect(done).toEqual(['stopped', 'given back'])
})
