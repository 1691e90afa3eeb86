import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

/** Feeds a program events, and gives what it wrote, once its input has ended. */
async function run(command: string[], events: object[], env: Record<string, string> = {}) {
  const [program = '', ...args] = command
  const child = spawn(program, args, { env: { ...process.env, ...env } })
  child.stdin.end(events.map(event => `${JSON.stringify(event)}\n`).join(''))
  const actions: unknown[] = []
  createInterface({ input: child.stdout }).on('line', line => actions.push(JSON.parse(line)))
  const [code] = await once(child, 'close')
  return { actions, code }
}

const id = 'a'.repeat(64)
const ready = { type: 'ready', room: 'lobby', topic: id, identity: id, device: id }
const join = { type: 'join', identity: id, nick: 'ana', bot: false, present: false }
const message = { type: 'message', id, from: id, nick: 'ana', time: 1, history: false, bot: false }

test('welcome.py welcomes people who come, not bots, nor those who were there', async () => {
  const events = [
    ready,
    join,
    { ...join, bot: true },
    { ...join, present: true },
    { ...message, text: '/hello' }
  ]
  const { actions, code } = await run(['python3', 'examples/welcome.py'], events)
  expect(actions).toEqual([
    { type: 'commands', commands: ['hello'] },
    { type: 'say', text: 'Welcome, ana!' },
    { type: 'say', text: 'Hello, ana.' }
  ])
  expect(code).toBe(0)
})

test('disk-alert.sh tells of a full disk once, answers, and ends with its input', async () => {
  const events = [ready, { ...message, text: '/disk' }, { ...message, text: '"; $(reboot)' }]
  const text = expect.stringMatching(/: \/ is \d+% full$/)
  const full = await run(['bash', 'examples/disk-alert.sh'], events, { DISK_LIMIT: '0' })
  expect(full).toEqual({
    actions: [
      { type: 'commands', commands: ['disk'] },
      { type: 'say', text },
      { type: 'say', text }
    ],
    code: 0
  })
  const fine = await run(['bash', 'examples/disk-alert.sh'], [ready], { DISK_LIMIT: '101' })
  expect(fine).toEqual({ actions: [{ type: 'commands', commands: ['disk'] }], code: 0 })
})
