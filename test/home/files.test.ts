import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createFile, readIfThere, replaceFile } from '../../src/home/files.js'

const newDirectory = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))

/** A directory in which somebody has planted links, and what they point at. */
function planted() {
  const directory = newDirectory()
  const treasure = join(directory, 'treasure')
  writeFileSync(treasure, 'gold')
  symlinkSync(treasure, join(directory, 'link'))
  symlinkSync(join(directory, 'nothing'), join(directory, 'dangling'))
  return {
    directory,
    treasure,
    link: join(directory, 'link'),
    dangling: join(directory, 'dangling')
  }
}

describe('createFile', () => {
  test('makes a file for its owner alone, once', () => {
    const file = join(newDirectory(), 'file')
    expect([createFile(file, 'one'), createFile(file, 'two')]).toEqual([true, false])
    expect(readIfThere(file)).toBe('one')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('follows no link', () => {
    const { dangling, directory, link, treasure } = planted()
    expect([createFile(link, 'x'), createFile(dangling, 'x')]).toEqual([false, false])
    expect(readFileSync(treasure, 'utf8')).toBe('gold')
    expect(existsSync(join(directory, 'nothing'))).toBe(false)
  })
})

describe('replaceFile', () => {
  test('puts a file for its owner alone in the place of another', () => {
    const file = join(newDirectory(), 'file')
    writeFileSync(file, 'one', { mode: 0o644 })
    replaceFile(file, 'two')
    expect(readIfThere(file)).toBe('two')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('replaces a link, and does not write through it', () => {
    const { directory, link, treasure } = planted()
    replaceFile(link, 'mine')
    expect(lstatSync(link).isSymbolicLink()).toBe(false)
    expect(readFileSync(treasure, 'utf8')).toBe('gold')
    expect(readdirSync(directory).sort()).toEqual(['dangling', 'link', 'treasure'])
  })
})

test('nothing is read where nothing is', () => {
  expect(readIfThere(join(newDirectory(), 'file'))).toBeUndefined()
})
