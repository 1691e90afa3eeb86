import { State } from '../../src/bot/state.js'
import { fileStorage } from '../../src/bot/state-file.js'

// Writes state as fast as it can, a large one, and says what is durable, until it is killed.
const state = await State.open(fileStorage(process.argv[2] ?? ''))
for (let n = state.get('n', 0) + 1; ; n += 1) {
  void state.set('padding', String(n).repeat(50_000 / String(n).length))
  await state.set('n', n)
  process.stdout.write(`${n}\n`)
}
