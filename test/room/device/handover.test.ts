import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Member } from '../../../src/protocol/presence/roster.js'
import type { Endpoint } from '../../../src/room/device/endpoint.js'
import { Handover } from '../../../src/room/device/handover.js'
import type { RoomUpdate } from '../../../src/room/events.js'

// Node's own promise of a timer does not know fake time.
vi.mock('../../../src/async/sleep.js', () => ({
  sleep: (millis: number) => new Promise(resolve => setTimeout(resolve, millis))
}))

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const member = (nick: string) => ({ identity: nick, nick }) as unknown as Member

/** An endpoint that notes when it leaves. */
function endpoint(linked: Promise<void> = Promise.resolve()) {
  const leave = vi.fn(async () => {})
  return { leave, as: { linked, leave } as unknown as Endpoint }
}

describe('a handover', () => {
  it('lets the former device leave a second after the next one was linked', async () => {
    const former = endpoint()
    void new Handover(() => {}).depart(former.as, endpoint().as)
    await vi.advanceTimersByTimeAsync(999)
    expect(former.leave).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(former.leave).toHaveBeenCalledOnce()
  })

  it('waits no longer than 5 s for the next one', async () => {
    const former = endpoint()
    void new Handover(() => {}).depart(former.as, endpoint(new Promise(() => {})).as)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(former.leave).toHaveBeenCalledOnce()
  })

  it('lets all former devices leave at once when the room is left', async () => {
    const former = endpoint()
    const handover = new Handover(() => {})
    void handover.depart(former.as, endpoint().as)
    await handover.leave()
    expect(former.leave).toHaveBeenCalled()
  })

  it('counts members as present until they have had time to come back', async () => {
    const told: RoomUpdate[] = []
    const handover = new Handover(update => told.push(update))
    handover.expect([member('ann')])
    expect(handover.among([]).map(({ nick }) => nick)).toEqual(['ann'])
    await vi.advanceTimersByTimeAsync(15_000)
    expect(handover.among([])).toEqual([])
    expect(told).toEqual([{ type: 'leave', identity: 'ann', nick: 'ann' }])
  })
})
