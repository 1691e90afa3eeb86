import { expect, it } from 'vitest'
import type { IdentityKey } from '../../src/base/ids.js'
import { Contacts } from '../../src/home/contacts.js'
import { newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

it('a script is told what somebody says who is ignored, marked, and of all others unmarked', async () => {
  const [eve, cyd] = await Promise.all([world.person('eve'), world.person('cyd')])
  const { identity } = await eve.object('ready')
  const home = newHome()
  Contacts.in(home).setIgnored(identity as IdentityKey, true)
  const bob = world.start(['join', 'lobby', '--json', '--nick', 'bob'], {}, home)
  await bob.object('ready')
  eve.say('from eve')
  cyd.say('from cyd')
  const heard = (text: string) => bob.object('message', line => line.text === text)
  expect(await heard('from eve')).toMatchObject({ ignored: true })
  expect(await heard('from cyd')).not.toHaveProperty('ignored')
})
