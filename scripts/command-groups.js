// A part of the bundle.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Commands that need the network, and those that read what is kept, each with what they need in common. */
const TOGETHER = {
  network: [
    'bootstrap',
    'card/index',
    'card/set',
    'connect',
    'doctor',
    'invite/index',
    'listen',
    'peers',
    'relay',
    'send'
  ],
  kept: [
    'create',
    'export',
    'forget',
    'history',
    'import',
    'invite/list',
    'invite/revoke',
    'rooms',
    'verify'
  ]
}
const TABLE = /[\\/]src[\\/]commands[\\/]index\.ts$/
const IMPORT = /import\('\.\/([\w/-]+)\.js'\)/g

const groupOf = name =>
  Object.keys(TOGETHER).find(group => TOGETHER[group].includes(name)) ??
  (name.includes('/') ? dirname(name) : undefined)
const exported = name => name.replace(/\W/g, '_')

/**
 * Commands that are alike are loaded together. A file is made for each set of entries that share something: with an entry for
 * each of 45 commands these are so many that to find them takes longer than to read them.
 */
export const commandGroups = {
  name: 'command-groups',
  setup(builder) {
    const groups = new Map()
    builder.onLoad({ filter: TABLE }, ({ path }) => {
      const table = readFileSync(path, 'utf8').replace(IMPORT, (alone, name) => {
        const group = groupOf(name)
        if (group === undefined) return alone
        groups.set(group, new Set(groups.get(group)).add(name))
        return `import('commands:${group}').then(all => ({ default: all.${exported(name)} }))`
      })
      return { contents: table, loader: 'ts' }
    })
    builder.onResolve({ filter: /^commands:/ }, ({ path, resolveDir }) => {
      return { path: path.slice('commands:'.length), namespace: 'commands', pluginData: resolveDir }
    })
    builder.onLoad({ filter: /.*/, namespace: 'commands' }, ({ path, pluginData }) => {
      const lines = [...groups.get(path)].map(
        name => `export { default as ${exported(name)} } from './${name}.js'`
      )
      return { contents: lines.join('\n'), resolveDir: pluginData, loader: 'ts' }
    })
  }
}
