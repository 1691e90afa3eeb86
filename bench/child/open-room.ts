// Opens a kept room as `swarmchat join` does, by the built program, and says what that took:
// npm run build && npx tsx --expose-gc bench/child/open-room.ts <home> <bound>
import { BENCH_ROOM } from '../support/room.js'

// Of what the process takes, some 70 MB are tsx's all the same.
const built = new URL('../../dist/index.js', import.meta.url).href
const { Room }: typeof import('../../src/index.js') = await import(built)

const [, , home, bound] = process.argv
const began = performance.now()
const usedBefore = process.cpuUsage()
const room = await Room.open({
  name: BENCH_ROOM,
  nick: 'bench',
  home,
  keep: { maxMessages: Number(bound), maxBytes: Number(bound) * 4_000 }
})
const opened = performance.now() - began
let told = 0
room.on('message', () => {
  told += 1
})
await room.ready
const ready = performance.now() - began
const { system, user } = process.cpuUsage(usedBefore)
await new Promise(resolve => setTimeout(resolve, 1_000))
const { rss } = process.memoryUsage()
globalThis.gc?.()
const { arrayBuffers, external, heapUsed, rss: rssCollected } = process.memoryUsage()
const { maxRSS } = process.resourceUsage()
const searching = performance.now()
const found = room.search('line 77 ').length
const search = performance.now() - searching
await room.searched()
const searchedAll = performance.now() - searching
const searchingAgain = performance.now()
room.search('line 78 ')
const again = performance.now() - searchingAgain
const megabytes = (bytes: number) => Math.round(bytes / 1_000_000)
console.log(
  `ready ${ready.toFixed(0)} ms (opened ${opened.toFixed(0)}), ${((user + system) / 1_000).toFixed(0)} ms of CPU, ${told} told,`,
  `${megabytes(rss)} MB (most ${megabytes(maxRSS * 1_024)}, collected ${megabytes(rssCollected)}), heap ${megabytes(heapUsed)} MB,`,
  `external ${megabytes(external)} MB, of that arrays ${megabytes(arrayBuffers)} MB;`,
  `search: first ${search.toFixed(0)} ms (${found} found), all read ${searchedAll.toFixed(0)} ms, again ${again.toFixed(0)} ms`
)
await room.leave()
