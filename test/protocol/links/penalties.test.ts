import { describe, expect, test } from 'vitest'
import { Penalties } from '../../../src/protocol/links/penalties.js'
import {
  MAX_PENALISED_PEERS,
  MAX_PENALTY_MILLIS,
  PENALTY_MILLIS
} from '../../../src/protocol/links/tuning.js'
import { idOf } from '../../support/peers.js'

const EVE = idOf('eve')

describe('a peer that was closed for cause', () => {
  test('is left alone for a minute, then twice as long each time, up to an hour', () => {
    const penalties = new Penalties()
    let now = 1_000
    for (let strike = 0; strike < 40; strike++) {
      const span = Math.min(PENALTY_MILLIS * 2 ** strike, MAX_PENALTY_MILLIS)
      penalties.add(EVE, now)
      expect(penalties.has(EVE, now + span - 1)).toBe(true)
      expect(penalties.has(EVE, now + span)).toBe(false)
      now += span
    }
  })

  test('is forgotten in time when strangers make us remember many others', () => {
    const penalties = new Penalties()
    penalties.add(EVE, 0)
    for (let n = 0; n < MAX_PENALISED_PEERS; n++) penalties.add(idOf(n), 0)
    expect(penalties.has(EVE, 1)).toBe(false)
    expect(penalties.has(idOf(MAX_PENALISED_PEERS - 1), 1)).toBe(true)
  })
})
