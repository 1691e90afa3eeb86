import { describe, expect, it } from 'vitest'
import { DialSlots } from '../../../src/swarm/dial/dial-slots.js'

describe('DialSlots', () => {
  it('begins with three, and adds one each time that the first ones take theirs', () => {
    const slots = new DialSlots(8)
    expect(slots.count(0, 0)).toBe(3)
    expect(slots.count(3, 49)).toBe(3)
    expect(slots.moreAt).toBe(50)
    expect(slots.count(3, 50)).toBe(4)
    expect(slots.count(4, 101)).toBe(5)
  })

  it('never has more than the most', () => {
    const slots = new DialSlots(2)
    expect(slots.count(0, 0)).toBe(2)
    expect(slots.moreAt).toBeUndefined()
    slots.opened(10, 10)
    expect(slots.count(2, 60)).toBe(2)
  })

  it('adds none while we are too busy to come in time', () => {
    const slots = new DialSlots(8)
    slots.count(0, 0)
    expect(slots.count(3, 200)).toBe(3)
    expect(slots.moreAt).toBe(250)
  })

  it('has more where dials open soon, fewer where they open late, and two at least', () => {
    const slots = new DialSlots(8)
    slots.count(0, 0)
    slots.opened(60, 60)
    expect(slots.count(2, 61)).toBe(4)
    for (const now of [400, 410, 420, 430]) slots.opened(300, now)
    expect(slots.count(1, 431)).toBe(2)
  })

  it('does not take far peers for busy ones', () => {
    const slots = new DialSlots(8)
    slots.count(0, 0)
    for (const now of [200, 210, 220]) slots.opened(200, now)
    slots.opened(550, 550)
    expect(slots.count(1, 551)).toBe(7)
  })

  it('begins anew when nobody is being dialled', () => {
    const slots = new DialSlots(8)
    slots.count(0, 0)
    for (const now of [50, 60, 70]) slots.opened(50, now)
    expect(slots.count(0, 80)).toBe(3)
  })

  it('knows how long dials take lately, up to a second', () => {
    const slots = new DialSlots(8)
    slots.opened(400, 400)
    expect(slots.pace).toBe(200)
    for (const now of [1, 2, 3]) slots.opened(60_000, now)
    expect(slots.pace).toBe(1_000)
  })
})

it('knows how much longer dials may take while others are slow, or we come late', () => {
  const slots = new DialSlots(8)
  expect(slots.slowness(0)).toBe(0)
  slots.opened(400, 400)
  expect(slots.slowness(400)).toBe(400)
  slots.comeBackAt(300, 0)
  slots.came(450)
  expect(slots.slowness(450)).toBe(1_200)
  expect(slots.slowness(1_450)).toBe(600)
  slots.came(1_450)
  expect(slots.slowness(1_450)).toBe(600)
  slots.comeBackAt(2_000, 1_450)
  slots.came(60_000)
  expect(slots.slowness(60_000)).toBe(8_000)
})

it('forgets soon that a stranger was slow to answer, or that it came very late once', () => {
  const slots = new DialSlots(8)
  slots.opened(60_000, 60_000)
  expect(slots.slowness(60_000)).toBe(2_000)
  expect(slots.slowness(63_000)).toBe(250)
  const late = new DialSlots(8)
  late.comeBackAt(100, 0)
  late.came(3_600_000)
  expect(late.slowness(3_600_000)).toBe(8_000)
  expect(late.slowness(3_605_000)).toBe(250)
})
