import { surface } from '../async/surface.js'
import {
  type OnTrace,
  TRACE_AREAS,
  type TraceArea,
  type TraceEvent,
  traceLine
} from '../base/trace.js'
import type { Environment } from './networks/environment.js'

/** Stands for all areas in `SWARMCHAT_DEBUG`. */
const ALL = 'all'
/** Asks for the details of faults (cli/report.ts), and for no trace. */
const DETAILS = '1'
/** What a person is told at most of a word that is no area. */
const MAX_WORD = 40
/** The word that a person was told of last. */
let told: string | undefined

/**
 * Who hears the trace: what the owner gave, and what `SWARMCHAT_DEBUG` asks for. Undefined if nobody
 * does. A listener that throws is its owner's bug: it surfaces as one, and stops nothing of ours.
 */
export function traceTo(given: OnTrace | undefined, env?: Environment): OnTrace | undefined {
  const debug = debugTrace(env)
  if (given === undefined) return debug
  return event => {
    debug?.(event)
    try {
      given(event)
    } catch (thrown) {
      surface(thrown)
    }
  }
}

/**
 * Prints the steps of the areas that `SWARMCHAT_DEBUG` names (`swarm,room,protocol`, or `all`) on
 * stderr, one line each. Undefined if it names none.
 */
export function debugTrace(
  env: Environment = process.env,
  write: (line: string) => void = line => process.stderr.write(line)
): OnTrace | undefined {
  const words = (env.SWARMCHAT_DEBUG ?? '').split(',').map(word => word.trim().toLowerCase())
  const areas = areasOf(words)
  const known = ['', ALL, DETAILS]
  const strange = words.find(word => !known.includes(word) && !isArea(word))
  if (strange !== undefined) tellOnce(strange, write)
  if (areas.size === 0) return undefined
  return event => {
    if (areas.has(event.area)) write(lineOf(event))
  }
}

function areasOf(words: readonly string[]): ReadonlySet<TraceArea> {
  return new Set(words.includes(ALL) ? TRACE_AREAS : words.filter(isArea))
}

function isArea(word: string): word is TraceArea {
  return TRACE_AREAS.some(area => area === word)
}

function lineOf(event: TraceEvent): string {
  return `${new Date().toISOString()} ${traceLine(event)}\n`
}

// A room asks for itself and for its swarm, and a program may have many rooms.
function tellOnce(word: string, write: (line: string) => void): void {
  if (told === word) return
  told = word
  const known = [...TRACE_AREAS, ALL].join(', ')
  write(
    `SWARMCHAT_DEBUG: nothing is called ${JSON.stringify(word.slice(0, MAX_WORD))}; there are ${known}.\n`
  )
}
