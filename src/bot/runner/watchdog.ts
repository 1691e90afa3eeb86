import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'
import { BEAT_MILLIS, Heartbeat, type Sample } from './heartbeat.js'
import { endOwnGroup } from './process-group.js'
import { WATCHDOG_FD, type WatchdogData, type WatchdogReport } from './script-messages.js'

// A thread beside a script's. It tells the room's side when the script hangs, which cannot do so itself, and ends the
// process when the room's side is gone. It loads little, for every bot waits for it.

const { counters, script }: WatchdogData = workerData
const heartbeat = new Heartbeat(look())
const parent = new Socket({ fd: WATCHDOG_FD })

parent.on('error', () => {})
parent.on('close', endOwnGroup)
parent.resume()
const timer = setInterval(() => void watch(), BEAT_MILLIS)

async function watch(): Promise<void> {
  const [, patience] = counters
  const millis = heartbeat.hangsFor(look(), patience ?? 0)
  if (millis === undefined) return
  clearInterval(timer)
  const place = await import('./hang.js').then(hang => hang.whereItHangs(script)).catch(() => {})
  const report: WatchdogReport = place ? { millis, place } : { millis }
  parent.write(`${JSON.stringify(report)}\n`)
}

function look(): Sample {
  const { system, user } = process.cpuUsage()
  return { beats: Atomics.load(counters, 0), cpu: (system + user) / 1_000 }
}
