import { describe, expect, it } from 'vitest'
import { PassiveView } from '../../../src/protocol/membership/passive-view.js'
import { seededRandom } from '../../../src/testing/world/random.js'
import { idOf } from '../../support/peers.js'

const MAX = 30

function full(of: (n: number) => Parameters<PassiveView['add']>[1]) {
  const view = new PassiveView(MAX, seededRandom(1))
  const first = Array.from({ length: 20 }, (_, n) => idOf(`first ${n}`))
  for (const [n, peer] of first.entries()) view.add(peer, of(n))
  return { view, kept: () => first.filter(peer => view.has(peer)).length }
}

describe('the passive view', () => {
  it('keeps those that we chose, however many come and go', () => {
    const { kept, view } = full(() => ({ own: true }))
    for (let n = 0; n < 200; n++) view.add(idOf(`comer ${n}`), { own: false })
    expect(kept()).toBe(20)
    expect(view.size).toBe(MAX)
  })

  it('keeps those that others named, however many one neighbour names', () => {
    const { kept, view } = full(n => ({ own: false, by: idOf(`neighbour ${n % 4}`) }))
    for (let n = 0; n < 200; n++) view.add(idOf(`invented ${n}`), { own: false, by: idOf('eve') })
    expect(kept()).toBe(20)
  })

  it('lets those go first that were given in return, and never the one that comes', () => {
    const { view } = full(() => ({ own: true }))
    for (let n = 20; n < MAX; n++) view.add(idOf(`more ${n}`), { own: true })
    const spare = [idOf('gone'), idOf('first 3')]
    view.add(idOf('newcomer'), { own: false, by: idOf('ann') }, spare)
    expect(view.has(idOf('first 3'))).toBe(false)
    expect(view.has(idOf('newcomer'))).toBe(true)
    expect(spare).toEqual([idOf('gone')])
  })

  it('knows better of a peer that it chose, and forgets no pause', () => {
    const view = new PassiveView(MAX, seededRandom(1))
    view.postpone(idOf('ann'), { own: false, by: idOf('bob') }, 100)
    view.add(idOf('ann'), { own: true })
    expect(view.get(idOf('ann'))).toMatchObject({ own: true, by: idOf('bob') })
    expect(view.next(99, () => true)).toBeUndefined()
    expect(view.next(100, () => true)).toBe(idOf('ann'))
    expect(view.next(100, () => false)).toBeUndefined()
  })
})
