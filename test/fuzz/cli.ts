// `npm run fuzz`: strangers' bytes for every decoder, and random hostile schedules for the whole machine. Exits with 1
// if anything throws, or is not as it must be; `--seed` replays a run.
import { parseArgs } from 'node:util'
import { seededRandom } from '../../src/testing/world/random.js'
import { seedFromEnv } from '../support/seed.js'
import { DECODERS, fuzzDecoder, SIGNATURES } from './decoders.js'
import { runSchedule } from './schedule.js'

const USAGE = `npm run fuzz -- [options]

  --runs n         inputs to each decoder (1,000,000)
  --schedules n    random schedules to the whole machine (10,000)
  --seed n         replays a run (SEED from the environment, or 1)`

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})

/** Checking a signature takes ten times as long as decoding. */
const SIGNATURE_SHARE = 1 / 50

/** Seconds of processor time that this process has taken. */
const seconds = () => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1_000_000
}

function measured(what: string, run: () => void): void {
  const start = seconds()
  run()
  console.log(`ok  ${what} (${(seconds() - start).toFixed(1)} s)`)
}

function main(): void {
  const seed = Number(values.seed ?? seedFromEnv(1))
  const [runs, schedules] = [Number(values.runs), Number(values.schedules)]
  console.log(`seed ${seed}`)
  for (const decoder of DECODERS) {
    measured(`${decoder.name}: ${runs} inputs`, () =>
      fuzzDecoder(decoder, runs, seededRandom(seed))
    )
  }
  const signatures = Math.ceil(runs * SIGNATURE_SHARE)
  measured(`${SIGNATURES.name}: ${signatures} inputs`, () =>
    fuzzDecoder(SIGNATURES, signatures, seededRandom(seed))
  )
  measured(`room machine: ${schedules} schedules`, () => {
    for (let n = 0; n < schedules; n++) replayable(seed + n)
  })
  console.log(`${seconds().toFixed(0)} s of processor time`)
}

function replayable(seed: number): void {
  try {
    runSchedule(seededRandom(seed))
  } catch (thrown) {
    throw new Error(`schedule of --seed ${seed} --runs 0 --schedules 1`, { cause: thrown })
  }
}

if (values.help) console.log(USAGE)
else main()
