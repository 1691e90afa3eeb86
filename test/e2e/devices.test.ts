import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Cli, newHome } from '../support/cli.js'
import { copyHome } from '../support/copy-home.js'
import { useCli } from '../support/use-cli.js'

// A device key belongs to one running program at a time, whatever is done with the home that it is
// kept in.

/** Containers are namespaces here, which takes Linux and root. */
const hasNamespaces = process.platform === 'linux' && process.getuid?.() === 0
/** A container: process ids of its own. */
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const
const SLOW_MILLIS = 600_000

const world = useCli()

function chat(nick: string, home: string, entrance: readonly string[] = []): Cli {
  return world.start(['join', 'lobby', '--json', '--nick', nick], {}, home, entrance)
}

/** A file system of its own, in which this home is at that place. */
const mounted = (home: string, place: string) => {
  const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', home, place]
}

const deviceOf = async (cli: Cli) => (await cli.object('ready')).device
const identityOf = async (cli: Cli) => (await cli.object('ready')).identity

/** The device that it is in the end. */
function lastDevice(cli: Cli): unknown {
  return cli.objects.findLast(({ type }) => type === 'ready' || type === 'device-changed')?.device
}

/** Each says lines now and then; in the end everybody has all of them, once. */
async function talk(all: readonly Cli[]): Promise<void> {
  const lines = all.flatMap((_, i) => [1, 2, 3].map(n => `line ${n} of ${i}`))
  for (const n of [1, 2, 3]) {
    for (const [i, cli] of all.entries()) cli.say(`line ${n} of ${i}`)
    await Promise.all(
      all.map((cli, i) => cli.object('message', ({ text }) => text === `line ${n} of ${i}`))
    )
  }
  for (const cli of all) {
    await cli.until(() => lines.every(line => cli.texts().includes(line)))
    expect(cli.texts().sort()).toEqual(lines.sort())
  }
}

describe('one volume', { timeout: SLOW_MILLIS }, () => {
  it.runIf(hasNamespaces)(
    'is one device in a container that is killed and starts again',
    async () => {
      const home = newHome()
      const first = chat('ann', home, CONTAINER)
      const device = await deviceOf(first)
      await first.kill()
      const again = chat('ann', home, CONTAINER)
      expect(await deviceOf(again)).toBe(device)
      expect(again.objects.some(({ type }) => type === 'device-changed')).toBe(false)
    }
  )

  it.runIf(hasNamespaces)(
    'is two devices in two containers at once, and nobody loses a line',
    async () => {
      const home = newHome()
      const third = chat('cyn', newHome())
      await third.object('ready')
      const both = [chat('ann', home, CONTAINER), chat('ann', home, CONTAINER)]
      const [left, right] = await Promise.all(both.map(deviceOf))
      expect(left).not.toBe(right)
      await talk([third, ...both])
    }
  )
})

describe('a copied home', { timeout: SLOW_MILLIS }, () => {
  it('is another device, says so once, and nobody loses a line', async () => {
    const [home, copy] = [newHome(), join(newHome(), 'copy')]
    const third = chat('cyn', newHome())
    const left = chat('ann', home)
    await Promise.all([third.object('ready'), left.object('ready')])
    copyHome(home, copy)
    const right = chat('ann', copy)
    expect(await deviceOf(right)).not.toBe(await deviceOf(left))
    expect(await identityOf(right)).toBe(await identityOf(left))
    await talk([third, left, right])
    const changes = right.objects.filter(({ type }) => type === 'device-changed')
    expect(changes).toMatchObject([{ why: 'copied' }])
    expect(left.objects.some(({ type }) => type === 'device-changed')).toBe(false)
  })

  it.runIf(hasNamespaces)(
    'that looks like its original is found out, and nobody loses a line',
    async () => {
      const [home, clone, place] = [newHome(), join(newHome(), 'clone'), newHome()]
      const first = chat('ann', place, mounted(home, place))
      const device = await deviceOf(first)
      await first.kill()
      copyHome(home, clone)
      const third = chat('cyn', newHome())
      await third.object('ready')
      const both = [home, clone].map(at => chat('ann', place, mounted(at, place)))
      expect(await Promise.all(both.map(deviceOf))).toEqual([device, device])
      const all = [third, ...both]
      await talk(all)
      await Promise.all(both.map(cli => cli.object('device-changed', ({ why }) => why === 'taken')))
      const [left, right] = both.map(lastDevice)
      expect(left).not.toBe(right)
    }
  )
})
