// Required by a program that is measured: writes into FIRST_WRITE_FILE what the process has used of the processor, in ms, when it
// first writes FIRST_WRITE to its standard output; without that, when it ends.
const { writeFileSync } = require('node:fs')

const { FIRST_WRITE, FIRST_WRITE_FILE } = process.env
const note = () => {
  const { system, user } = process.cpuUsage()
  writeFileSync(FIRST_WRITE_FILE, `${(system + user) / 1_000}`)
}
if (FIRST_WRITE === undefined) process.once('exit', note)
else {
  const write = process.stdout.write
  process.stdout.write = function (text, ...rest) {
    if (String(text).includes(FIRST_WRITE)) {
      process.stdout.write = write
      note()
    }
    return write.call(this, text, ...rest)
  }
}
