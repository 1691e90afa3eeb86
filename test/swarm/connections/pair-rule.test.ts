import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_STREAMS, type Pair, settle } from '../../../src/swarm/connections/pair-rule.js'

interface End {
  readonly isInitiator: boolean
  readonly wire: Wire
}

/** One dialled stream: what each end knows of it. */
interface Wire {
  readonly from: Side
  readonly ends: Record<Side, End>
  readonly open: Record<Side, boolean>
  readonly closed: Record<Side, boolean>
  /** One end's process died, and the network tells the other nothing. */
  dead: boolean
}

type Side = 'large' | 'small'
const OTHER: Record<Side, Side> = { large: 'small', small: 'large' }
const SIDES: readonly Side[] = ['large', 'small']

/** Two ends of a pair with every network event under the control of the test. */
class World {
  readonly wires: Wire[] = []
  /** Whether streams that are current have stood for a while by now. */
  settled = false
  pairs: Record<Side, Pair<End>> = { large: NO_STREAMS, small: NO_STREAMS }
  shown: Record<Side, Wire | undefined> = { large: undefined, small: undefined }

  /** A side dials unless it has a stream or is dialling already. */
  dial(from: Side): void {
    if (this.pairs[from].current !== undefined || this.wires.some(w => this.#dialling(w, from)))
      return
    const wire = {
      from,
      open: { large: false, small: false },
      closed: { large: false, small: false },
      dead: false
    } as Wire
    Object.assign(wire, {
      ends: {
        large: { isInitiator: from === 'large', wire },
        small: { isInitiator: from === 'small', wire }
      }
    })
    this.wires.push(wire)
  }

  /** Everything that the network could do next. */
  choices(): (() => void)[] {
    return this.wires.flatMap(wire => SIDES.flatMap(side => this.#choicesAt(wire, side)))
  }

  /** The parking times run out, once nothing else is left to happen. */
  endParking(): boolean {
    const side = SIDES.find(s => this.pairs[s].parked !== undefined && !this.pairs[s].closing)
    const parked = side && this.pairs[side].parked
    if (side === undefined || parked === undefined) return false
    const current = this.pairs[side].current
    const alive = current !== undefined && !current.wire.closed[OTHER[side]]
    this.#step(side, { type: 'parking-over', stream: parked, alive })
    return true
  }

  crash(side: Side): void {
    for (const wire of this.wires) {
      wire.closed[side] = true
      wire.dead = true
    }
    this.pairs[side] = NO_STREAMS
    this.shown[side] = undefined
  }

  #dialling(wire: Wire, side: Side): boolean {
    return wire.from === side && !wire.open[side] && !wire.closed[side]
  }

  #choicesAt(wire: Wire, side: Side): (() => void)[] {
    const other = OTHER[side]
    if (wire.closed[side] || wire.dead) return []
    if (wire.open[side]) return wire.closed[other] ? [() => this.#close(wire, side)] : []
    if (wire.closed[other]) return [() => this.#close(wire, side)]
    return [() => this.#open(wire, side)]
  }

  #open(wire: Wire, side: Side): void {
    wire.open[side] = true
    this.#step(side, { type: 'confirmed', stream: wire.ends[side], settled: this.settled })
  }

  #close(wire: Wire, side: Side): void {
    wire.closed[side] = true
    if (this.shown[side] === wire) this.shown[side] = undefined
    this.#step(side, { type: 'closed', stream: wire.ends[side] })
  }

  #step(side: Side, event: Parameters<typeof settle<End>>[1]): void {
    const { pair, actions } = settle(this.pairs[side], event, side === 'large')
    this.pairs[side] = pair
    for (const { type, stream } of actions) {
      if (type === 'surface') {
        expect(this.shown[side]).toBeUndefined()
        this.shown[side] = stream.wire
      }
      if (type === 'destroy' && !stream.wire.closed[side]) this.#close(stream.wire, side)
    }
  }
}

function settleWorld(world: World, pick: (n: number) => number): void {
  for (let steps = 0; steps < 500; steps++) {
    const choices = world.choices()
    const choice = choices[pick(choices.length)]
    if (choice !== undefined) choice()
    else if (!world.endParking()) return
  }
  throw new Error('never quiet')
}

const picks = fc.infiniteStream(fc.nat(1000))
const dials = fc.array(fc.constantFrom<Side>('large', 'small'), { minLength: 1, maxLength: 6 })

describe('one connection per pair', () => {
  it('is the same one on both sides, exactly one, in every interleaving', () => {
    fc.assert(
      fc.property(dials, picks, (sides, stream) => {
        const world = new World()
        const pick = (n: number) => (stream.next().value as number) % Math.max(1, n)
        for (const side of sides) {
          world.dial(side)
          if (pick(2) === 0) world.choices()[0]?.()
        }
        settleWorld(world, pick)
        expect(world.shown.large).toBeDefined()
        expect(world.shown.large).toBe(world.shown.small)
        expect(world.wires.filter(w => !w.closed.large || !w.closed.small)).toHaveLength(1)
      }),
      { numRuns: 2_000 }
    )
  })

  it('survives the restart of either side, whichever of them dials first', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Side>('large', 'small'),
        fc.boolean(),
        dials,
        picks,
        (crashed, later, sides, stream) => {
          const world = new World()
          const pick = (n: number) => (stream.next().value as number) % Math.max(1, n)
          world.dial('large')
          world.dial('small')
          settleWorld(world, pick)
          world.crash(crashed)
          world.settled = later
          world.dial(crashed)
          settleWorld(world, pick)
          world.settled = false
          for (const side of sides) world.dial(side)
          settleWorld(world, pick)
          expect(world.shown.large).toBeDefined()
          expect(world.shown.large).toBe(world.shown.small)
        }
      ),
      { numRuns: 2_000 }
    )
  })

  it('lets one stream wait beside it: of two that would the preferred one', () => {
    const [current, ours, theirs] = [
      { isInitiator: true },
      { isInitiator: true },
      { isInitiator: false }
    ]
    const pair = { current, closing: false, parked: ours }
    const event = { type: 'confirmed', stream: theirs, settled: false } as const
    const unwanted = settle(pair, event, true)
    expect(unwanted).toEqual({ pair, actions: [{ type: 'destroy', stream: theirs }] })
    const preferred = settle(pair, event, false)
    expect(preferred.pair.parked).toBe(theirs)
    expect(preferred.actions[0]?.stream).toBe(ours)
  })

  it('shows the stream of the larger key when both dial at once', () => {
    const world = new World()
    world.dial('large')
    world.dial('small')
    settleWorld(world, n => n - 1)
    expect(world.shown.small?.from).toBe('large')
  })
})
