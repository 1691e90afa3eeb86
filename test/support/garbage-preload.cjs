// Preloaded: when its process ends it makes much garbage of which some lives for a while, and writes how large V8's young generation is then, in MB.
const { writeSync } = require('node:fs')
const { getHeapSpaceStatistics } = require('node:v8')

process.once('exit', () => {
  const kept = []
  for (let n = 0; n < 2_000_000; n++) kept[n % 100_000] = { n }
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
  writeSync(1, `${Math.round(young.space_size / 1_048_576)}\n`)
})
