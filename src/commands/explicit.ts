import { COMMANDS as TABLE } from './index.js'

const loaded = Object.entries(TABLE).map(async ([id, load]) => [id, (await load()).default])

/** All commands, loaded: oclif makes its manifest of them (scripts/manifest.js). */
export const COMMANDS = Object.fromEntries(await Promise.all(loaded))
