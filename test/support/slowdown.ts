import { performance } from 'node:perf_hooks'

/**
 * Watches how much longer everything takes in this process than on a processor of its own: 1 if nobody else wants it. Gives
 * what says so, of the time since.
 */
export function watchSlowdown(): () => number {
  const cpu = process.cpuUsage()
  const loop = performance.eventLoopUtilization()
  return () => {
    const { system, user } = process.cpuUsage(cpu)
    const { active } = performance.eventLoopUtilization(loop)
    return Math.max(1, (1_000 * active) / (user + system))
  }
}
