// Run by kill.test.ts: writes messages of many sizes, and says of each batch that it is on the disk when it is.
import { LevelStore } from '../../src/store/level-store.js'
import { kept } from './kept.js'

const store = await LevelStore.open(process.argv[2] ?? '')
let next = (await store.load()).length
for (;;) {
  for (let n = 0; n < 50; n++, next++) store.put(kept(next, next, 1 + ((next * 997) % 8_000)))
  await store.flush()
  console.log(next)
}
