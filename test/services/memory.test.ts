import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newSeed, recall, remember } from '../../src/services/memory.js'

const newDirectory = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))
const memory = { seed: newSeed(), hosts: ['127.0.0.1'], port: 4_000, known: [] }

test('what is remembered is recalled', () => {
  const directory = newDirectory()
  expect(recall(directory)).toBeUndefined()
  remember(directory, memory)
  expect(recall(directory)).toEqual(memory)
})

test('links that somebody has planted are not written through', () => {
  const directory = newDirectory()
  const treasure = join(directory, 'treasure')
  writeFileSync(treasure, 'gold')
  for (const name of ['bootstrap.json', 'bootstrap.json.tmp'])
    symlinkSync(treasure, join(directory, name))
  remember(directory, memory)
  expect(readFileSync(treasure, 'utf8')).toBe('gold')
  expect(lstatSync(join(directory, 'bootstrap.json')).isSymbolicLink()).toBe(false)
  expect(recall(directory)).toEqual(memory)
})

test.runIf(process.platform !== 'win32')('a directory that others may write is refused', () => {
  const directory = newDirectory()
  chmodSync(directory, 0o777)
  expect(() => remember(directory, memory)).toThrow(
    expect.objectContaining({ code: 'BAD_DATA_DIR', message: expect.stringMatching(/by others/) })
  )
})
