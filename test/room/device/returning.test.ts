import { expect, test } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import { Returning } from '../../../src/room/device/returning.js'
import { idOf } from '../../support/peers.js'

const memberOf = (nick: string) => ({
  identity: idOf<IdentityKey>(nick),
  nick,
  devices: [],
  bot: false,
  commands: []
})
const [ann, ben, cyn] = [memberOf('ann'), memberOf('ben'), memberOf('cyn')]
const joins = ({ identity }: typeof ann, nick: string) =>
  ({ type: 'join', identity, nick }) as const

test('who comes back is no news, unless by another nick', () => {
  const returning = new Returning([ann, ben])
  expect(returning.filter(joins(ann, 'ann'))).toBeUndefined()
  expect(returning.filter(joins(ben, 'benny'))).toEqual({
    type: 'rename',
    identity: ben.identity,
    nick: 'benny',
    previous: 'ben'
  })
  expect(returning.filter(joins(cyn, 'cyn'))).toEqual(joins(cyn, 'cyn'))
  expect(returning.filter(joins(ann, 'ann'))).toEqual(joins(ann, 'ann'))
  expect(returning.giveUp()).toEqual([])
})

test('who has not come back yet is there, and in the end has left', () => {
  const returning = new Returning([ann, ben])
  expect(returning.among([ann, cyn])).toEqual([ann, cyn, ben])
  returning.filter(joins(ann, 'ann'))
  expect(returning.giveUp()).toEqual([{ type: 'leave', identity: ben.identity, nick: 'ben' }])
  expect(returning.among([ann])).toEqual([ann])
})
