import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { logTo } from '../../../src/bot/log.js'
import { logSink } from '../../../src/bot/runner/log-output.js'

const identity = 'ab'.repeat(32)

function written(json: boolean): string {
  const output = new PassThrough()
  const log = logTo(
    logSink(output, json, () => 0),
    { bot: 'dice', room: 'lobby' }
  )
  log.info('in the room', { identity })
  log.warn('oops\u001b[2J', { error: new Error('no luck'), count: 2 })
  return String(output.read())
}

test('a line for a person says what that person does not know', () => {
  const [first, second] = written(false).split('\n')
  expect(first).toMatch(/^\d\d:\d\d:\d\d info {2}lobby: in the room identity=abababab$/)
  expect(second).toMatch(/ warn {2}lobby: oops\ufffd\[2J error="no luck" count=2$/)
})

test('a line of JSON says everything', () => {
  const [first = ''] = written(true).split('\n')
  expect(JSON.parse(first)).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    bot: 'dice',
    room: 'lobby',
    identity,
    message: 'in the room'
  })
})
