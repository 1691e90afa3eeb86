#!/usr/bin/env node
// Every Node since 10 can read this file, as the CommonJS that package.json beside it says it is: an old one says so in a sentence.

// The arguments, which may name a room, stand in the list of processes no longer than this takes.
process.title = 'swarmchat'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 12)) {
  // The details that SWARMCHAT_DEBUG=1 asks for name the sources. Otherwise no map is read until something is told.
  if (process.env.SWARMCHAT_DEBUG) process.setSourceMapsEnabled(true)
  require('../dist/start.cjs').start(require.resolve('../dist/program.cjs'))
} else {
  console.error(
    `swarmchat: Node ${process.versions.node} is too old.\n  Install Node 20.12 or a later one: https://nodejs.org`
  )
  process.exit(2)
}
