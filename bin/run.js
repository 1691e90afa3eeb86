#!/usr/bin/env node
// Every Node since 10 can read this file, as a script and as a module: an old one says so in a sentence.

// The arguments, which may name a room, stand in the list of processes no longer than this takes.
process.title = 'swarmchat'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 12)) {
  void import('../dist/cli/main.js').then(program => program.main())
} else {
  console.error(
    `swarmchat: Node ${process.versions.node} is too old.\n  Install Node 20.12 or a later one: https://nodejs.org`
  )
  process.exit(2)
}
