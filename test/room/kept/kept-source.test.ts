import { expect, test, vi } from 'vitest'
import { either } from '../../../src/room/kept/kept-source.js'
import { storeFailed, storeInUse } from '../../../src/store/store-errors.js'

const nobody = async () => undefined

test('who has no database open is not asked again: what opening throws is thrown at once', async () => {
  const open = vi.fn(async () => {
    throw storeFailed('/rooms', new Error('The disk is gone'))
  })
  await expect(either(nobody, open)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect(open).toHaveBeenCalledTimes(1)
})

test('who has it open is asked until it answers', async () => {
  const answers = [undefined, undefined, { from: 'the program that has it' }]
  const open = async () => {
    throw storeInUse()
  }
  const found = await either(async () => answers.shift(), open)
  expect(found).toEqual({ from: 'the program that has it' })
  expect(answers).toEqual([])
})
