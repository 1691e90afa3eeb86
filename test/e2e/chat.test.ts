import { describe, expect, it } from 'vitest'
import { type Cli, newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

const join = (nick: string, home?: string) =>
  world.start(['join', 'lobby', '--json', '--nick', nick], {}, home)

/** Everybody has been told that so many others joined. */
async function meet(all: readonly Cli[]): Promise<void> {
  for (const cli of all) await cli.object('ready')
  for (const cli of all) {
    for (const other of all) {
      if (other !== cli) await heardOf(cli, other)
    }
  }
}

async function heardOf(cli: Cli, other: Cli): Promise<void> {
  const { identity } = await other.object('ready')
  await cli.object('join', o => o.identity === identity)
}

describe('join --json --network local', () => {
  it('lets three processes chat: every message everywhere, exactly once', async () => {
    const all = ['ana', 'ben', 'cleo'].map(nick => join(nick))
    await meet(all)
    all.forEach((cli, i) => {
      cli.say(`from ${i}`)
    })
    for (const cli of all) {
      for (const i of all.keys()) await cli.object('message', o => o.text === `from ${i}`)
      expect(cli.texts().sort()).toEqual(['from 0', 'from 1', 'from 2'])
    }
    expect(await all[0]?.object('message', o => o.text === 'from 1')).toMatchObject({ nick: 'ben' })
  })

  it('goes on when the process that runs the hub is killed, and lets a fourth one in', async () => {
    const hub = join('hub')
    await hub.object('ready')
    const [ben, cleo] = [join('ben'), join('cleo')]
    await meet([hub, ben, cleo])
    await hub.kill('SIGKILL')
    ben.say('still here?')
    await cleo.object('message', o => o.text === 'still here?')
    const dora = join('dora')
    await meet([ben, cleo, dora])
    dora.say('hello from the fourth')
    for (const cli of [ben, cleo]) {
      await cli.object('message', o => o.text === 'hello from the fourth')
    }
    const { identity } = await hub.object('ready')
    for (const cli of [ben, cleo]) await cli.object('leave', o => o.identity === identity)
  })

  it('notices a killed member, and has a restarted one back under its device key', async () => {
    const home = newHome()
    const [ana, ben] = [join('ana'), join('ben', home)]
    await meet([ana, ben])
    const before = await ben.object('ready')
    await ben.kill('SIGKILL')
    await ana.object('leave', o => o.identity === before.identity)
    const again = join('ben', home)
    const after = await again.object('ready')
    expect(after).toMatchObject({ identity: before.identity, device: before.device })
    await heardOf(again, ana)
    again.say('back')
    await ana.object('message', o => o.text === 'back')
  })

  it('lets a member back in that was killed and restarted at once', async () => {
    const home = newHome()
    const [ana, ben] = [join('ana'), join('ben', home)]
    await meet([ana, ben])
    await ben.kill('SIGKILL')
    const again = join('ben', home)
    await again.object('ready')
    await heardOf(again, ana)
    again.say('back already')
    await ana.object('message', o => o.text === 'back already')
  })

  it('shows two terminals that share a home as one member with two devices', async () => {
    const home = newHome()
    const [left, right, ana] = [join('me', home), join('me', home), join('ana')]
    const [one, two] = [await left.object('ready'), await right.object('ready')]
    expect(one.identity).toBe(two.identity)
    expect(one.device).not.toBe(two.device)
    await heardOf(ana, left)
    left.say('from the left')
    right.say('from the right')
    for (const cli of [left, right, ana]) {
      for (const text of ['from the left', 'from the right']) {
        await cli.object('message', o => o.text === text)
      }
    }
    expect(ana.objects.filter(o => o.type === 'join')).toHaveLength(1)
    await right.kill('SIGTERM')
    left.say('one device left')
    await ana.object('message', o => o.text === 'one device left')
    expect(ana.objects.filter(o => o.type === 'leave')).toHaveLength(0)
  })

  it('leaves properly on SIGTERM: told to the others, exit 0', async () => {
    const [ana, ben] = [join('ana'), join('ben')]
    await meet([ana, ben])
    const { identity } = await ben.object('ready')
    expect(await ben.kill('SIGTERM')).toBe(0)
    await ana.object('leave', o => o.identity === identity)
  })

  it('answers a bad line with an error object and goes on', async () => {
    const [ana, ben] = [join('ana'), join('ben')]
    await meet([ana, ben])
    ben.write('not json')
    ben.write('{"type":"dance"}')
    const error = await ben.object('error')
    expect(error).toMatchObject({ code: expect.any(String), message: expect.any(String) })
    expect(error).toHaveProperty('hint')
    ben.say('still fine')
    await ana.object('message', o => o.text === 'still fine')
    ben.write('{"type":"leave"}')
    expect(await ben.exited).toBe(0)
  })
})

describe('join with plain lines', () => {
  it('sends every line of a piped stdin and stays after its end', async () => {
    const ana = join('ana')
    await ana.object('ready')
    const pipe = world.start(['join', 'lobby', '--nick', 'pipe'])
    pipe.child.stdin.end('first\nsecond\n')
    await ana.object('message', o => o.text === 'first')
    await ana.object('message', o => o.text === 'second')
    ana.say('are you there?')
    await pipe.line(/are you there\?/)
    expect(await pipe.kill('SIGINT')).toBe(0)
  })
})

describe('send', () => {
  it('exits 0 when a member has it, and says how many', async () => {
    const ana = join('ana')
    await ana.object('ready')
    const sent = await world.run(['send', 'lobby', 'hi'])
    expect(sent.code, sent.stderr).toBe(0)
    expect(sent.stdout).toMatch(/1/)
    await ana.object('message', o => o.text === 'hi')
  })

  it('exits 1 with a clear message when nobody got it', async () => {
    const sent = await world.run(['send', 'empty', 'hi', '--timeout', '2'])
    expect(sent.code).toBe(1)
    expect(sent.stderr).toMatch(/[Nn]obody/)
  })
})

describe('peers', () => {
  it('lists who is there without being seen', async () => {
    const [ana, ben] = [join('ana'), join('ben')]
    await meet([ana, ben])
    const peers = await world.run(['peers', 'lobby', '--json'])
    expect(peers.code, peers.stderr).toBe(0)
    const lines = peers.stdout.split('\n').map(line => JSON.parse(line))
    expect(lines.at(-1)).toMatchObject({ type: 'summary', count: 2 })
    const found = lines.filter(line => line.type === 'peer')
    expect(new Set(found.map(peer => peer.nick))).toEqual(new Set(['ana', 'ben']))
    expect(found.every(peer => /^[0-9a-f]{64}$/.test(peer.identity))).toBe(true)
    expect(ana.objects.filter(o => o.type === 'join')).toHaveLength(1)
  })

  it('says that an empty room is empty, and exits 0', async () => {
    const peers = await world.run(['peers', 'nobody', '--timeout', '2'])
    expect(peers.code, peers.stderr).toBe(0)
    expect(peers.stdout + peers.stderr).toMatch(/[Nn]obody/)
  })
})
