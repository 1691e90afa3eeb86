import { expect, test, vi } from 'vitest'
import { SwarmchatError } from '../../src/base/errors.js'
import { report } from '../../src/cli/report.js'

/** What is said on stderr, and the exit code. */
function reported(thrown: unknown) {
  let text = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation(chunk => {
    text += chunk
    return true
  })
  try {
    return { code: report(thrown), text }
  } finally {
    write.mockRestore()
  }
}

test('an error of ours: the sentence, what to do, its exit code', () => {
  const error = new SwarmchatError('X', 'It is so.', { hint: 'Do that.', exitCode: 1 })
  expect(reported(error)).toEqual({ code: 1, text: 'swarmchat: It is so.\n  Do that.\n' })
})

test('what the system refuses is no fault of the program', () => {
  const thrown = Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE' })
  expect(reported(thrown)).toEqual({
    code: 1,
    text: 'swarmchat: swarmchat cannot go on: this program has too many files open.\n  Allow more open files: ulimit -n 1024\n'
  })
  const full = Object.assign(new Error('ENOSPC: no space left, write'), { code: 'ENOSPC' })
  expect(reported(full).text).toBe(
    'swarmchat: swarmchat cannot go on: the disk is full.\n  The system said: ENOSPC: no space left, write\n'
  )
})

test('also what we have no words of our own for', () => {
  const busy = Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN' })
  expect(reported(busy)).toEqual({
    code: 1,
    text: 'swarmchat: swarmchat cannot go on: spawn EAGAIN.\n  The system said: spawn EAGAIN\n'
  })
  const interfaces = Object.assign(new Error('uv_interface_addresses returned ENOBUFS'), {
    code: 'ERR_SYSTEM_ERROR'
  })
  expect(reported(interfaces).text).toMatch(/^swarmchat: swarmchat cannot go on: uv_interface/)
})

test('everything else is one, and says where it comes from', () => {
  const { code, text } = reported(new TypeError('x is not a function'))
  expect(code).toBe(1)
  expect(text).toMatch(
    /^swarmchat: x is not a function\n {2}That should not happen \(cli\/report\.test\.ts:\d+\)\. For the details, set SWARMCHAT_DEBUG=1\n$/
  )
  expect(reported('a word').text).toBe(
    'swarmchat: a word\n  That should not happen. For the details, set SWARMCHAT_DEBUG=1\n'
  )
})
