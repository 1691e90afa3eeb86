// What the screen costs: `npx tsx bench/screen.ts [messages]`, on a terminal. A line is typed while messages come, ten in
// each turn of the event loop, as a flood does.
import { Prompt } from '../src/ui/prompt/prompt.js'

const MESSAGES = Number(process.argv[2] ?? 1_000)
const MEBIBYTE = 2 ** 20

const shown = { writes: 0, bytes: 0, firstAt: 0 }
const write = process.stdout.write.bind(process.stdout)
const counted = (text: string) => {
  shown.firstAt ||= performance.now()
  shown.writes += 1
  shown.bytes += text.length
  return write(text)
}
process.stdout.write = counted as typeof process.stdout.write

const ignore = () => {}
const handlers = { online: ignore, oninterrupt: ignore, onsuspend: ignore, onclose: ignore }
const begin = performance.now()
const prompt = new Prompt({ input: process.stdin, output: process.stdout }, handlers, () => 'lobby')
process.stdin.emit('data', Buffer.from('hello'))
await new Promise(resolve => setTimeout(resolve, 100))
const before = process.cpuUsage()
for (let i = 0; i < MESSAGES; i += 1) {
  prompt.print(`12:00 ada: message number ${i}`)
  if (i % 10 === 9) await new Promise(setImmediate)
}
await new Promise(setImmediate)
const { system, user } = process.cpuUsage(before)
const { rss } = process.memoryUsage()
prompt.close()
console.error(
  JSON.stringify({
    firstPaintMillis: shown.firstAt - begin,
    cpuMicrosPerMessage: (system + user) / MESSAGES,
    bytesPerMessage: shown.bytes / MESSAGES,
    writes: shown.writes,
    mebibytes: rss / MEBIBYTE
  })
)
