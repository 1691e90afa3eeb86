// `npx tsx bench/flooded.ts [flood] [seconds] [idle]`: what a flood over eight links of the network costs the built program (`npm run build`),
// as a user runs it: the most memory that it takes, in MB, and processor time, in all and in the worst second. The links are silent for
// `idle` seconds before, and save up what they may bring at once. Linux.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Cli, newHome } from '../test/support/cli.js'
import { FLOODS } from '../test/support/floods.js'
import { memoryOf } from '../test/support/memory-of.js'
import { createTestnet } from '../test/support/testnet.js'

const FLOODER = fileURLToPath(new URL('../test/support/flooder.ts', import.meta.url))
const ROOM = 'flooded'
/** What came last is written by then. */
const SETTLING_MILLIS = 5_000

interface Look {
  readonly cpuSeconds: number
  readonly megabytes: number
}

const lookAt = (member: Cli): Look => ({
  cpuSeconds: member.cpuMillis() / 1_000,
  megabytes: memoryOf(member.child.pid).now
})

/** How it is once a second while somebody floods it, and for a while after that. */
async function watch(member: Cli, flooder: ChildProcess): Promise<Look[]> {
  await once(flooder, 'message')
  const looks = [lookAt(member)]
  const timer = setInterval(() => looks.push(lookAt(member)), 1_000)
  await once(flooder, 'message')
  await sleep(SETTLING_MILLIS)
  clearInterval(timer)
  return looks
}

async function run(flood: string, seconds: string, idle: string): Promise<void> {
  const testnet = await createTestnet()
  const port = `${testnet.bootstrap[0]?.port}`
  const bootstrap = ['--bootstrap', `127.0.0.1:${port}`]
  const NODE_OPTIONS = process.env.FLOODED_NODE_OPTIONS ?? ''
  const env = { SWARMCHAT_HOME: newHome(), NODE_OPTIONS }
  const member = new Cli(['join', ROOM, '--json', '--nick', 'ann', ...bootstrap], env)
  await member.object('ready')
  const flooder = fork(FLOODER, [port, ROOM, flood, seconds, idle])
  const looks = await watch(member, flooder)
  const spent = looks.slice(1).map((look, at) => look.cpuSeconds - (looks[at] as Look).cpuSeconds)
  const [all, worst] = [spent.reduce((sum, each) => sum + each, 0), Math.max(...spent)]
  const memory = [looks[0]?.megabytes, memoryOf(member.child.pid).most, looks.at(-1)?.megabytes]
  const cells = [...memory.map(each => each?.toFixed(0)), all.toFixed(1), worst.toFixed(2)]
  console.log(`| ${flood} | ${cells.join(' | ')} | ${looks.length - SETTLING_MILLIS / 1_000} |`)
  await member.kill('SIGTERM')
  await testnet.close()
}

const [only, seconds = '4', idle = '0'] = process.argv.slice(2)
console.log('| flood | MB before | most | later | processor, s | worst second | took, s |')
console.log('| --- | --- | --- | --- | --- | --- | --- |')
for (const flood of Object.keys(FLOODS))
  if (only === undefined || flood === only) await run(flood, seconds, idle)
