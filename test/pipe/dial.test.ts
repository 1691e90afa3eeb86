import { expect, test } from 'vitest'
import { SwarmchatError } from '../../src/base/errors.js'
import { verdict } from '../../src/pipe/dial.js'
import { portTaken } from '../../src/swarm/hub/hub-client.js'
import { noLan } from '../../src/swarm/hub/lan-hub.js'
import { dhtOffline } from '../../src/swarm/networks/dht-network.js'

const failed = (code: string) => Object.assign(new Error(code), { code })
const local = { name: 'local', problem: undefined } as const
const lan = { name: 'lan', problem: noLan() } as const
const wide = { name: 'public', problem: undefined } as const
const offline = { name: 'public', problem: dhtOffline() } as const

function say(errors: unknown[], networks: Parameters<typeof verdict>[1]) {
  const { code, exitCode, message } = verdict(errors, networks)
  expect(exitCode).toBe(1)
  return { code, message }
}

test('a LAN is not missed where there are other networks', () => {
  const errors = [failed('PEER_NOT_FOUND'), lan.problem, failed('PEER_NOT_FOUND')]
  expect(say(errors, [local, lan, wide])).toEqual({
    code: 'PEER_NOT_FOUND',
    message: 'Nobody is listening under that key.'
  })
  expect(say([lan.problem], [lan])).toEqual({
    code: 'NO_LAN',
    message: 'Offline: this machine is on no local network.'
  })
})

test('without internet: nobody here, and that the rest was not searched', () => {
  const errors = [failed('PEER_NOT_FOUND'), lan.problem, offline.problem]
  expect(say(errors, [local, lan, offline])).toEqual({
    code: 'PEER_NOT_FOUND',
    message: 'Nobody is listening under that key. The public network could not be searched.'
  })
})

test('a dial that failed says more than a search in vain', () => {
  const errors = [failed('PEER_NOT_FOUND'), lan.problem, failed('HOLEPUNCH_ABORTED')]
  expect(say(errors, [local, lan, wide])).toMatchObject({ code: 'HOLEPUNCH_ABORTED' })
})

test('where nothing could be searched, the first reason; the others beside it', () => {
  const taken = { name: 'local', problem: portTaken(1) } as const
  expect(say([portTaken(1), lan.problem, offline.problem], [taken, lan, offline])).toEqual({
    code: 'PORT_TAKEN',
    message:
      'Port 1 of this machine is taken by another program. The public network could not be searched.'
  })
})

test('an attempt that was given up, for another was quicker, is never the reason', () => {
  const given = new SwarmchatError(
    'GIVEN_UP',
    'The dial was broken off before the other side answered.',
    { hint: '' }
  )
  expect(say([given, failed('PEER_NOT_FOUND')], [local, wide]).code).toBe('PEER_NOT_FOUND')
})
