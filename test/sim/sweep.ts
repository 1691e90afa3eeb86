import { HISTORY_TUNING } from '../../src/protocol/history/tuning.js'
import { MEMBERSHIP_TUNING } from '../../src/protocol/membership/tuning.js'
import { PRESENCE_TUNING } from '../../src/protocol/presence/tuning.js'
import { LightNode } from './light-node.js'
import { RoomNode } from './room-node.js'
import { crash, type Setting } from './scenarios.js'
import { setback } from './setback.js'

/** Figures by their columns, in order. */
type Outcome = Readonly<Record<string, number>>
type Values = Readonly<Record<string, number>>

/** Constants, and the room in which they are tried. */
interface Trial {
  readonly defaults: Values
  readonly run: (setting: Omit<Setting, 'make'>, values: Values) => Outcome
}

/** How a constant is changed, by the name of its column. */
const CHANGES: Readonly<Record<string, (value: number) => number>> = {
  halved: value => Math.ceil(value / 2),
  doubled: value => 2 * value
}
/** Runs of the same room differ by this much because of the seed alone, at least. */
const SEEDS = [1, 2]

/** By folder: membership in a room of which half crashes, the others in one that is cut, mended and loses a third. */
const TRIALS: Readonly<Record<string, Trial>> = {
  membership: {
    defaults: numeric(MEMBERSHIP_TUNING),
    run: (setting, membership) =>
      crashed({ ...setting, make: birth => new LightNode(birth, { membership }) })
  },
  presence: {
    defaults: numeric(PRESENCE_TUNING),
    run: (setting, presence) => setBack(setting, birth => new RoomNode(birth, { presence }))
  },
  history: {
    defaults: numeric(HISTORY_TUNING),
    run: (setting, history) => setBack(setting, birth => new RoomNode(birth, { history }))
  }
}

/**
 * Runs rooms with each constant of membership, presence and history halved and doubled, each with several seeds, and gives
 * the lines of tables: what a change does to the means. Without `only`, all constants; otherwise these, or those of these folders.
 */
export function* sweep(peers: number, only: readonly string[] = []): Generator<string> {
  const known = Object.entries(TRIALS).flatMap(([folder, { defaults }]) => [
    folder,
    ...Object.keys(defaults)
  ])
  const unknown = only.find(name => !known.includes(name))
  if (unknown !== undefined) throw new RangeError(`no constant and no folder is called ${unknown}`)
  for (const [folder, trial] of Object.entries(TRIALS)) {
    const names = Object.keys(trial.defaults)
    const chosen = only.length === 0 || only.includes(folder) ? names : names.filter(isIn(only))
    if (chosen.length > 0) yield* tried(trial, peers, chosen)
  }
}

function isIn(only: readonly string[]): (name: string) => boolean {
  return name => only.includes(name)
}

function* tried(trial: Trial, peers: number, names: readonly string[]): Generator<string> {
  const base = mean(trial, peers, {})
  const columns = ['constant', 'default', '', ...Object.keys(base)]
  yield `| ${columns.join(' | ')} |`
  yield `|${columns.map(() => '---').join('|')}|`
  yield `| none | | | ${cells(base)} |`
  for (const name of names) {
    const usual = trial.defaults[name] ?? 0
    for (const [change, of] of Object.entries(CHANGES)) {
      const outcome = mean(trial, peers, { [name]: of(usual) })
      yield `| \`${name}\` | ${usual} | ${change} | ${cells(outcome)} |`
    }
  }
}

function mean({ run }: Trial, peers: number, values: Values): Outcome {
  const all = SEEDS.map(seed => run({ seed, peers, authors: 3 }, values))
  const columns = Object.keys(all[0] ?? {})
  return Object.fromEntries(
    columns.map(name => [name, all.reduce((sum, each) => sum + (each[name] ?? 0), 0) / all.length])
  )
}

function crashed(setting: Setting): Outcome {
  const report = crash(setting, 0.5)
  return {
    'delivery, %': 100 * report.delivery,
    copies: 1 + report.redundancy.mean,
    'last hop': report.lastHop.mean,
    'bytes/s': report.bytesPerSecond,
    dials: report.dials,
    'whole after, s': report.figures['overlay whole after, s'] ?? Number.NaN
  }
}

function setBack(setting: Omit<Setting, 'make'>, make: Setting['make']): Outcome {
  const { bytesPerSecond, goneAfter, unionAfter, wronglyGone } = setback({ ...setting, make })
  return {
    'union after, s': unionAfter,
    'gone after, s': goneAfter,
    'wrongly gone': wronglyGone,
    'bytes/s': bytesPerSecond
  }
}

function numeric(tuning: object): Values {
  return Object.fromEntries(Object.entries(tuning).filter(([, value]) => typeof value === 'number'))
}

function cells(outcome: Outcome): string {
  return Object.entries(outcome)
    .map(([name, value]) => {
      if (!Number.isFinite(value)) return 'never'
      return name === 'copies' ? value.toFixed(3) : value.toFixed(value < 1_000 ? 1 : 0)
    })
    .join(' | ')
}
