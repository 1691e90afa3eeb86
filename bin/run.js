#!/usr/bin/env node
// Every Node since 10 can read this file, as a script and as a module: an old one says so in a sentence.

// The arguments, which may name a room, stand in the list of processes no longer than this takes.
process.title = 'swarmchat'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 12)) {
  // The details that SWARMCHAT_DEBUG=1 asks for name the sources. Otherwise no map is read until something is told.
  if (process.env.SWARMCHAT_DEBUG) process.setSourceMapsEnabled(true)
  void import('node:module').then(node => {
    // Node 22.8 and later. Never in a directory for temporary files, where others could leave code for us.
    const { HOME, XDG_CACHE_HOME = HOME && `${HOME}/.cache`, LOCALAPPDATA } = process.env
    const cache = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME
    if (cache && node.enableCompileCache) node.enableCompileCache(`${cache}/swarmchat/compiled`)
    return import('../dist/program.js').then(program => program.main())
  })
} else {
  console.error(
    `swarmchat: Node ${process.versions.node} is too old.\n  Install Node 20.12 or a later one: https://nodejs.org`
  )
  process.exit(2)
}
