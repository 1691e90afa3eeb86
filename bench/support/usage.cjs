// Preloaded into processes that are measured: they say at their end how much memory they had at most and how much
// processor time they took, their start included.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  process.stderr.write(`\nusage: ${maxRSS} kB ${userCPUTime + systemCPUTime} us\n`)
})
