import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import type { Census } from '../../../src/room/census/census.js'
import type { Counted } from '../../../src/room/census/tally.js'
import { BlockView, JsonView, TableView, tableRows } from '../../../src/ui/peers/watch.js'

const NOW = 1_720_000_000_000
const HEAD = { title: 'lobby', empty: 'Nobody is in the room.', problems: () => [] }

const peer = (digit: string, fields: Partial<Counted> = {}): Counted => ({
  device: digit.repeat(64) as PeerKey,
  state: 'verified',
  nick: `n${digit}`,
  unreachable: false,
  ...fields
})

const census = (...peers: Counted[]): Census => ({
  peers,
  members: peers.filter(({ state }) => state === 'verified').length,
  announced: peers.length
})

describe('a table', () => {
  test('has aligned rows, and tells how many there is no room for', () => {
    const peers = [peer('1', { nick: 'a long nick' }), peer('2'), peer('3'), peer('4')]
    expect(tableRows(peers, 3, NOW)).toEqual([
      'a long nick  11111111  verified',
      'n2  22222222           verified',
      '... and 2 more'
    ])
    expect(tableRows(peers, 4, NOW)).toHaveLength(4)
  })

  test('fits the screen, with what sums up above it', () => {
    const shown: (readonly string[])[] = []
    const screen = { height: 5, show: (rows: readonly string[]) => shown.push(rows), close() {} }
    const view = new TableView(HEAD, screen)
    expect(shown.at(-1)).toEqual(['Looking for lobby ...'])
    view.show(census(peer('1'), peer('2'), peer('3')), NOW)
    expect(shown.at(-1)).toEqual([
      'lobby: 3 members here; 3 found: 3 verified',
      'announced: 3 seen',
      '',
      'n1  11111111  verified',
      '... and 2 more'
    ])
  })
})

describe('lines of JSON', () => {
  test('come for what changed, and one that sums up after them', () => {
    const written: string[] = []
    const view = new JsonView(text => written.push(text))
    const types = () =>
      written
        .splice(0)
        .flatMap(text => text.trimEnd().split('\n'))
        .map(line => JSON.parse(line))
        .map(({ type, state, nick, count }) => (type === 'peer' ? `${nick} ${state}` : count))
    view.show(census(peer('1'), peer('2')), NOW)
    expect(types()).toEqual(['n1 verified', 'n2 verified', 2])
    view.show(census(peer('1', { provenAt: NOW }), peer('2')), NOW)
    expect(types()).toEqual([])
    view.show(census(peer('1', { state: 'gone' }), peer('2')), NOW)
    expect(types()).toEqual(['n1 gone', 2])
    view.show(census(peer('2')), NOW)
    expect(types()).toEqual([1])
    view.show(census(peer('2')), NOW)
    expect(types()).toEqual([])
  })
})

describe('blocks of lines', () => {
  test('come for each change, a second apart at least, and begin with the time', () => {
    const output = new PassThrough()
    const view = new BlockView(HEAD, { output })
    const read = () => String(output.read() ?? '')
    view.show(census(), NOW)
    expect(read()).toBe('')
    view.show(census(peer('1')), NOW)
    expect(read()).toBe(
      [
        '2024-07-03T09:46:40.000Z',
        'n1  11111111  verified',
        '1 member here; 1 found: 1 verified',
        'announced: 1 seen',
        '',
        ''
      ].join('\n')
    )
    const gone = census(peer('1', { state: 'gone' }))
    view.show(gone, NOW + 500)
    expect(read()).toBe('')
    view.show(gone, NOW + 1_000)
    expect(read()).toContain('gone')
    view.show(gone, NOW + 9_000)
    expect(read()).toBe('')
  })
})
