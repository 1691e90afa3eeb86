import { describe, expect, test } from 'vitest'
import { nobodyGotIt, offlineEverywhere } from '../../src/base/errors.js'

describe('OFFLINE', () => {
  const lan = { message: 'offline: this machine is on no local network', hint: 'Connect it.' }
  const wide = { message: 'offline: no DHT node answered; still trying', hint: 'Check.' }

  test('of one network says its reason, and what to do about that', () => {
    expect(offlineEverywhere([lan])).toMatchObject({
      code: 'OFFLINE',
      exitCode: 1,
      message: 'offline: this machine is on no local network.',
      hint: 'Connect it.'
    })
  })

  test('of several says each reason once, and not that we go on trying: whoever throws it does not', () => {
    expect(offlineEverywhere([lan, wide, wide]).message).toBe(
      'offline: this machine is on no local network; no DHT node answered.'
    )
    const whole = { message: 'This machine cannot reach itself.', hint: 'Bring it up.' }
    expect(offlineEverywhere([whole]).message).toBe('offline: This machine cannot reach itself.')
    expect(offlineEverywhere().message).toBe('offline: no DHT node answered.')
  })

  test('says so if what was said is kept', () => {
    const { facts, hint } = offlineEverywhere([lan], true)
    expect([facts.kept, hint]).toEqual([
      true,
      'It is kept here: others get it when you are next in the room with them. Connect it.'
    ])
  })
})

test('too few got it: how many, and how many were asked for', () => {
  expect(nobodyGotIt({ have: 2, wanted: 50, kept: true }, 15, 'public')).toMatchObject({
    message: '2 members got it within 15 s; --wait asked for 50.',
    facts: { have: 2, wanted: 50, kept: true }
  })
  expect(nobodyGotIt({ have: 1, wanted: 2, kept: true }, 3, 'public').message).toMatch(
    /^1 member got it/
  )
  const nobody = nobodyGotIt({ have: 0, wanted: 1, kept: false }, 3, 'public')
  expect(nobody.message).toBe('Nobody in the room got the message within 3 s.')
  const kept = nobodyGotIt({ have: 0, wanted: 1, kept: true }, 3, 'public')
  expect([nobody.hint, kept.hint].map(hint => /^It is kept here/.test(hint ?? ''))).toEqual([
    false,
    true
  ])
})
