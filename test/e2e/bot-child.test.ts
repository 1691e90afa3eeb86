import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { freshIdentity, Room } from '../../src/index.js'
import { until } from '../support/until.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, complaints, hears, knows, logOf, scriptFile } from './bot-world.js'

const world = useCli(new BotWorld())

const python = (text: string, name = 'bot.py') => ['python3', scriptFile(text, name)]

/** A program that logs what it reads, and says what it is told to. */
const RELAY = `import json, sys
for line in sys.stdin:
    print(line, end='', file=sys.stderr, flush=True)
    event = json.loads(line)
    if event['type'] == 'message' and event['text'] == 'die':
        sys.exit('I was told to')
    if event['type'] == 'message':
        print(json.dumps({'type': 'say', 'text': 'heard ' + event['text']}), flush=True)
`

test('what programs really read, and join --json writes, is in the published schema', async () => {
  const bot = await world.bot(['lobby', '--', ...python(RELAY)])
  const ana = await world.person('ana')
  await knows(ana, 'bot')
  ana.say('one')
  await hears(ana, /^heard one$/)
  const receipt = (line: string) => line.includes('receipt')
  await until([bot], 'update', () => bot.errors.some(receipt))
  ana.write('no json')
  await ana.object('error')
  const schema = new URL('../../docs/schema/events-1.json', import.meta.url)
  const isEvent = new Ajv2020().compile(JSON.parse(readFileSync(schema, 'utf8')))
  const read = logOf(bot)
    .filter(({ stream }) => stream === 'stderr')
    .map(({ message }) => JSON.parse(String(message)))
  expect(new Set(read.map(({ type }) => type))).toEqual(
    new Set(['ready', 'join', 'message', 'receipt'])
  )
  for (const event of [...read, ...ana.objects])
    expect(isEvent(event), JSON.stringify(event)).toBe(true)
})

test('it does not hear itself, and other bots only with --bots or where they address it', async () => {
  const speaker = scriptFile(
    `export default bot => { bot.command('speak', ctx => ctx.say(ctx.rest)) }`,
    'speaker.mjs'
  )
  await world.bot(['lobby', '--', ...python(RELAY, 'deaf.py')])
  await world.bot(['lobby', '--bots', '--', ...python(RELAY, 'open.py')])
  await world.bot(['lobby', speaker])
  const ana = await world.person('ana')
  await Promise.all(['deaf', 'open', 'speaker'].map(nick => knows(ana, nick)))
  ana.say('/speak by a bot')
  await ana.object('message', ({ nick, text }) => nick === 'open' && text === 'heard by a bot')
  ana.say('/speak deaf: to you')
  await ana.object('message', ({ nick, text }) => nick === 'deaf' && text === 'heard deaf: to you')
  const deaf = ana.objects.filter(({ nick, type }) => type === 'message' && nick === 'deaf')
  expect(deaf.map(({ text }) => text)).not.toContain('heard by a bot')
  expect(deaf.map(({ text }) => text)).not.toContain('heard heard by a bot')
})

test('members see what a program obeys, and a script, also a newer version of it', async () => {
  const program = `import json, sys
print(json.dumps({'type': 'commands', 'commands': ['hello']}), flush=True)
for line in sys.stdin: pass
`
  const script = (name: string) => `export default bot => { bot.command('${name}', () => {}) }\n`
  const file = scriptFile(script('roll'), 'dice.mjs')
  const [dice] = await Promise.all([
    world.bot(['lobby', file, '--watch']),
    world.bot(['lobby', '--', ...python(program, 'greeter.py')])
  ])
  const room = await Room.open({
    name: 'lobby',
    nick: 'ana',
    identity: freshIdentity(),
    networks: { mode: 'local', localPort: Number(world.env.SWARMCHAT_LOCAL_PORT) }
  })
  const commands = () =>
    Object.fromEntries(room.members().map(({ nick, commands }) => [nick, commands]))
  await until([room], 'update', () => commands().dice && commands().greeter?.length)
  expect(commands()).toEqual({ ana: [], dice: ['roll'], greeter: ['hello'] })
  writeFileSync(file, script('throw'))
  await dice?.error(/"reloaded"/)
  while (commands().dice?.[0] !== 'throw') await delay(50)
  await room.leave()
})

test('garbage is told of once, and the rest is understood', async () => {
  const script = `import json, sys
for i in range(200):
    print('this is no JSON', i)
print(json.dumps({'type': 'say', 'text': 'but this is'}), flush=True)
for line in sys.stdin:
    pass
`
  const ana = await world.person('ana')
  const bot = await world.bot(['lobby', '--', ...python(script)])
  await hears(ana, /^but this is$/)
  const complaints = logOf(bot).filter(({ level }) => level === 'error')
  expect(complaints).toHaveLength(1)
  expect(complaints[0]?.message).toMatch(/wrote "this is no JSON 0", around line \d+.*not JSON/)
})

test('a program that floods is paced and blocks; it hears people all the same', async () => {
  const script = `import json, sys, threading
def flood():
    for i in range(100000):
        print(json.dumps({'type': 'say', 'text': 'spam %d' % i}), flush=True)
    print('all of it was taken', file=sys.stderr, flush=True)
threading.Thread(target=flood, daemon=True).start()
for line in sys.stdin:
    if json.loads(line)['type'] == 'message':
        print('a message came', file=sys.stderr, flush=True)
`
  const ana = await world.person('ana')
  const bot = await world.bot(['lobby', '--', ...python(script)])
  await hears(ana, /^spam 12$/)
  ana.say('stop it')
  await bot.error(/a message came/)
  expect(ana.texts().filter(text => /^spam/.test(String(text))).length).toBeLessThan(30)
  expect(bot.errors.some(line => /all of it was taken/.test(line))).toBe(false)
  expect(await bot.kill('SIGTERM')).toBe(0)
})

test('a program that dies is started again; the room does not notice', async () => {
  const bot = await world.bot(['lobby', '--', ...python(RELAY)])
  const ana = await world.person('ana')
  await knows(ana, 'bot')
  ana.say('well?')
  await hears(ana, /^heard well\?$/)
  ana.say('die')
  await bot.error(/crashed: python3 ended with exit code 1: I was told to/)
  ana.say('back?')
  await hears(ana, /^heard back\?$/)
  expect(ana.objects.filter(({ type }) => type === 'leave')).toEqual([])
})

test('a program that cannot run: its last words, exit code 2', async () => {
  const broken = world.start(['bot', 'lobby', '--', ...python('def x(:\n')])
  expect(await broken.exited).toBe(2)
  expect(complaints(broken)[0]).toMatch(
    /^swarmchat: python3 ended with exit code 1: bot\.py:1: SyntaxError/
  )
  const missing = world.start(['bot', 'lobby', '--', 'no-such-program'])
  expect(await missing.exited).toBe(2)
  expect(complaints(missing)[0]).toMatch(/There is no program no-such-program\./)
})

test('a program that is done ends the bot with 0; one that leaves too', async () => {
  const ana = await world.person('ana')
  // More than it may say at once.
  const script = `import json
for text in [f'{i} of 15' for i in range(15)] + ['that is all']:
    print(json.dumps({'type': 'say', 'text': text}), flush=True)
`
  const done = world.start(['bot', 'lobby', '--', ...python(script, 'done.py')])
  await hears(ana, /^that is all$/)
  expect(await done.exited).toBe(0)
  expect(ana.texts().filter(text => /of 15$/.test(String(text)))).toHaveLength(15)
  const leaves = `import sys
print('{"type":"leave"}', flush=True)
for line in sys.stdin: pass
`
  const left = world.start(['bot', 'lobby', '--', ...python(leaves, 'leaves.py')])
  expect(await left.exited).toBe(0)
})
