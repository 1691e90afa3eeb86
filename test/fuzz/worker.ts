// A process of `npm run fuzz`: does what it is told, one task after another, and says what each took or what went wrong.
import { inspect } from 'node:util'
import { runTask, type Task } from './task.js'

/** What came of a task. */
export interface Outcome {
  /** Of processor time. */
  readonly seconds: number
  /** What must not be; undefined if all is well. */
  readonly fault: string | undefined
}

process.on('message', (task: Task) => process.send?.(outcomeOf(task)))

function outcomeOf(task: Task): Outcome {
  const start = process.cpuUsage()
  let fault: string | undefined
  try {
    runTask(task)
  } catch (thrown) {
    fault = inspect(thrown)
  }
  const { system, user } = process.cpuUsage(start)
  return { seconds: (system + user) / 1_000_000, fault }
}
