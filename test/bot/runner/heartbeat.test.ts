import { describe, expect, it } from 'vitest'
import { Heartbeat } from '../../../src/bot/runner/heartbeat.js'

const PATIENCE = 10_000
const started = () => new Heartbeat({ beats: 0, cpu: 0 })

/** Looks once a second, with so much processor time used in each; gives what the last look said. */
function look(heartbeat: Heartbeat, seconds: number, cpuOf: (second: number) => number) {
  let said: number | undefined
  for (let second = 1; second <= seconds; second += 1)
    said = heartbeat.hangsFor({ beats: 0, cpu: cpuOf(second) }, PATIENCE)
  return said
}

describe('a thread that does not yield', () => {
  it('hangs if it computes all the time', () => {
    const heartbeat = started()
    expect(look(heartbeat, 9, second => second * 1_000)).toBeUndefined()
    expect(heartbeat.hangsFor({ beats: 0, cpu: 10_000 }, PATIENCE)).toBe(10_000)
  })

  it('does not hang on a machine that gives it a tenth of a processor', () => {
    expect(look(started(), 60, second => second * 100)).toBeUndefined()
  })

  it('hangs in a system call, after ten times as long', () => {
    expect(look(started(), 99, () => 0)).toBeUndefined()
    expect(look(started(), 100, () => 0)).toBe(100_000)
  })

  it('does not hang sooner because other threads compute as well', () => {
    expect(look(started(), 5, second => second * 4_000)).toBeUndefined()
  })
})

it('a thread that yields now and then never hangs', () => {
  const heartbeat = started()
  for (let second = 1; second < 600; second += 1) {
    const sample = { beats: Math.floor(second / 9), cpu: second * 1_000 }
    expect(heartbeat.hangsFor(sample, PATIENCE)).toBeUndefined()
  }
})
