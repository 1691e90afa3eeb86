import { expect, test } from 'vitest'
import { noHome } from '../../src/base/errors.js'

const failed = (code: string) =>
  Object.assign(new Error(`${code}: words of the system, open '/x'`), { code, syscall: 'open' })

test.each([
  ['ENOSPC', 'the disk is full', /^Make room/],
  ['EDQUOT', 'your share of the disk is used up', /^Make room/],
  ['EROFS', 'its file system is read-only', /that you may write/],
  ['EACCES', 'permission is denied', /that you may write/],
  ['ENOENT', 'a part of its path is not there, and cannot be made', /that you may write/],
  ['EIO', 'its disk does not answer', /./],
  ['ELOOP', 'it is a symbolic link, which is not followed', /^Remove the link/],
  ['EMFILE', 'too many files are open', /ulimit/]
])('%s is told as what it is', (code, reason, hint) => {
  const error = noHome('file', '/h/identity', failed(code))
  expect(error).toMatchObject({ code: 'NO_HOME', exitCode: 2, hint: expect.stringMatching(hint) })
  expect(error.message).toBe(`The file /h/identity cannot be used: ${reason}.`)
})

test('what is not known is told in its own words', () => {
  expect(noHome('directory', '/h', new Error('it is haunted')).message).toBe(
    'The directory /h cannot be used: it is haunted.'
  )
})
