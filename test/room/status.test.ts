import { expect, test } from 'vitest'
import { NetworkNews, statusOf } from '../../src/room/status.js'

const problem = { message: 'offline: no DHT node answered; still trying', code: 'DHT_OFFLINE' }
const local = { name: 'local', state: 'online' }
const offline = { name: 'public', state: 'offline', problem }

test('where nothing works, the reason is the sentence', () => {
  expect(statusOf(offline, [offline])).toEqual({
    type: 'status',
    network: 'public',
    state: 'offline',
    text: 'offline: no DHT node answered; still trying'
  })
})

test('without internet it says who is found all the same', () => {
  expect(statusOf(offline, [local, offline]).text).toBe(
    'no internet: only people on this machine are found; still trying'
  )
  const lan = { name: 'lan', state: 'online' }
  expect(statusOf(offline, [local, lan, offline]).text).toBe(
    'no internet: only people on this machine or on the local network are found; still trying'
  )
})

test('where one of two works and the other has a reason of its own, it says which', () => {
  const badName = { message: 'the name nosuch.invalid cannot be resolved', code: 'NO_SUCH_NAME' }
  const isolated = { name: 'isolated', state: 'offline', problem: badName }
  expect(statusOf(isolated, [local, isolated]).text).toBe(
    'isolated: the name nosuch.invalid cannot be resolved. local: ok'
  )
  const taken = { name: 'local', state: 'offline', problem: { message: 'port 1 is in use' } }
  expect(statusOf(offline, [taken, { name: 'lan', state: 'online' }, offline]).text).toBe(
    'local: port 1 is in use. public: no DHT node answered; still trying. lan: ok'
  )
})

test('a network that is still starting is not called offline', () => {
  const starting = { name: 'local', state: 'starting' }
  expect(statusOf(offline, [starting, offline]).text).toBe(
    'local: starting. public: no DHT node answered; still trying'
  )
})

test('different reasons are both told', () => {
  const taken = { name: 'local', state: 'offline', problem: { message: 'port 1 is in use' } }
  expect(statusOf(taken, [taken, offline]).text).toBe(
    'local: port 1 is in use. public: no DHT node answered; still trying'
  )
})

test('when all is well again it says so', () => {
  expect(statusOf(local, [local, { name: 'public', state: 'online' }]).text).toBe(
    'local: ok. public: ok'
  )
})

test('a machine that is on no LAN is told so only where it asked for that alone', () => {
  const none = { message: 'offline: this machine is on no local network', code: 'NO_LAN' }
  const lan = { name: 'lan', state: 'offline', problem: none }
  expect(statusOf(offline, [local, lan, offline]).text).toBe(
    'no internet: only people on this machine are found; still trying'
  )
  expect(statusOf(lan, [lan]).text).toBe('offline: this machine is on no local network')
})

test('nothing is said of the internet where it is not missing, or not wanted', () => {
  expect(statusOf(local, [local]).text).toBe('local: ok')
  expect(statusOf(offline, [offline]).text).toMatch(/^offline: no DHT node answered/)
  const isolated = { name: 'isolated', state: 'online' }
  expect(statusOf(isolated, [isolated]).text).toBe('isolated: ok')
})

test('what only a person can mend is told with what to do', () => {
  const taken = {
    name: 'local',
    state: 'offline',
    problem: {
      code: 'PORT_TAKEN',
      message: 'Port 1 of this machine is taken by another program.',
      hint: 'End that program.'
    }
  }
  expect(statusOf(taken, [taken]).text).toBe(
    'offline: Port 1 of this machine is taken by another program. End that program'
  )
  expect(statusOf(taken, [taken, { name: 'public', state: 'online' }]).text).toBe(
    'local: Port 1 of this machine is taken by another program. End that program. public: ok'
  )
})

test('what went wrong before anybody listened is told, once', () => {
  const news = new NetworkNews()
  expect(news.begin([local, offline]).map(status => status?.network)).toEqual(['public'])
  expect(news.begin([local, offline])).toEqual([])
  expect(news.take({ ...offline, state: 'online' }, [local])).toBeUndefined()
})
