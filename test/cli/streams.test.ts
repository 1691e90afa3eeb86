import { PassThrough, Writable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { MAX_WAITING_BYTES, StandardStreams } from '../../src/cli/streams.js'

/** Streams of a process; a terminal where asked. */
function outputs(isTTY = false) {
  const said: string[] = []
  const stderr = Object.assign(new PassThrough(), { isTTY })
  stderr.on('data', chunk => said.push(String(chunk)))
  return { stdout: Object.assign(new PassThrough(), { isTTY }), stderr, said }
}

const failure = (code: string) => Object.assign(new Error(`write ${code}`), { code })

function owned(isTTY = false) {
  const world = outputs(isTTY)
  const streams = new StandardStreams(world)
  streams.own()
  return { ...world, streams }
}

test.each(['EPIPE', 'ECONNRESET'])('a reader that has gone (%s) is no failure', code => {
  const { said, stdout, streams } = owned()
  stdout.emit('error', failure(code))
  expect(streams.lost.aborted).toBe(true)
  expect(streams.exitCode(0)).toBe(0)
  expect(said).toEqual([])
})

test.each([
  ['ENOSPC', 'the disk is full'],
  ['EIO', 'the device does not answer'],
  ['EDQUOT', "this user's share of the disk is full"],
  ['EWHATEVER', 'write EWHATEVER']
])('output that cannot be written (%s) is said once, and is a failure', (code, reason) => {
  const { said, stdout, streams } = owned()
  stdout.emit('error', failure(code))
  stdout.emit('error', failure(code))
  expect(streams.lost.aborted).toBe(true)
  expect([0, 1, 2].map(streams.exitCode, streams)).toEqual([1, 1, 2])
  expect(said).toEqual([
    `swarmchat: Standard output cannot be written: ${reason}.\n  Make room there, or write somewhere else.\n`
  ])
})

test.each(['stdout', 'stderr'] as const)('a terminal that is gone (%s) is no failure', name => {
  const { said, streams, ...world } = owned(true)
  world[name].emit('error', failure('EIO'))
  expect(streams.lost.aborted).toBe(true)
  expect(streams.exitCode(0)).toBe(0)
  expect(said).toEqual([])
})

test('nothing ends because stderr cannot be written', () => {
  const { stderr, streams } = owned()
  stderr.emit('error', failure('ENOSPC'))
  expect(streams.lost.aborted).toBe(false)
  expect(streams.exitCode(0)).toBe(0)
})

test('listeners that others had put there do not hear of it', () => {
  const world = outputs()
  world.stdout.on('error', thrown => {
    throw thrown
  })
  new StandardStreams(world).own()
  expect(() => world.stdout.emit('error', failure('ENOSPC'))).not.toThrow()
})

test('a terminal that can no more be read is gone; another input has ended', () => {
  const { said, streams } = owned()
  const file = new PassThrough()
  streams.ownInput(file)
  file.emit('error', failure('EISDIR'))
  expect(streams.lost.aborted).toBe(false)
  expect(said.join('')).toMatch(/^swarmchat: Standard input cannot be read: it is a directory\.\n/)
  const terminal = Object.assign(new PassThrough(), { isTTY: true })
  streams.ownInput(terminal)
  terminal.emit('error', failure('EIO'))
  expect(streams.lost.aborted).toBe(true)
})

test('a reader who does not read is waited for, but not with all of our memory', async () => {
  vi.useFakeTimers()
  const { said, stderr } = outputs()
  const stdout = new Writable({ write: () => {} })
  const streams = new StandardStreams({ stdout, stderr })
  streams.own()
  stdout.write(Buffer.alloc(MAX_WAITING_BYTES))
  vi.advanceTimersByTime(60_000)
  expect(streams.lost.aborted).toBe(false)
  stdout.write('and more')
  vi.advanceTimersByTime(60_000)
  vi.useRealTimers()
  expect(streams.lost.aborted).toBe(true)
  expect(streams.exitCode(0)).toBe(1)
  await streams.flushed()
  expect(said).toEqual([
    'swarmchat: Standard output cannot be written: nobody reads it, and 64 MiB wait.\n  Make room there, or write somewhere else.\n'
  ])
})

test('what was written has left when the outputs are flushed, also where they fail', async () => {
  const written: string[] = []
  const slow = new Writable({
    write: (chunk, _, done) => setImmediate(() => done(void written.push(String(chunk))))
  })
  const broken = new Writable({ write: (_chunk, _, done) => done(failure('ENOSPC')) })
  const streams = new StandardStreams({ stdout: slow, stderr: broken })
  streams.own()
  slow.write('a')
  broken.write('b')
  await streams.flushed()
  expect(written).toContain('a')
})
