// Opens a kept room as `swarmchat join` does and says what that took: npx tsx bench/child/open-room.ts <home> <bound>
import { Room } from '../../src/room/room.js'
import { BENCH_ROOM } from '../support/kept.js'

const [, , home, bound] = process.argv
const began = performance.now()
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
await new Promise(resolve => setTimeout(resolve, 1_000))
const { rss } = process.memoryUsage()
const began2 = performance.now()
const found = room.search('line 77 ').length
const search = performance.now() - began2
const began3 = performance.now()
room.search('line 78 ')
const again = performance.now() - began3
console.log(JSON.stringify({ opened, ready, rss, told, found, search, again }))
await room.leave()
