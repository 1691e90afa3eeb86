import type { CommandTable } from '../cli/main.js'

/** All commands by their ids, in which a space is a colon. Each is loaded when it is run, and no other. */
export const COMMANDS: CommandTable = {
  bootstrap: () => import('./bootstrap.js'),
  bot: () => import('./bot/index.js'),
  'bot:new': () => import('./bot/new.js'),
  completion: () => import('./completion.js'),
  config: () => import('./config/index.js'),
  'config:get': () => import('./config/get.js'),
  'config:list': () => import('./config/list.js'),
  'config:path': () => import('./config/path.js'),
  'config:set': () => import('./config/set.js'),
  'config:unset': () => import('./config/unset.js'),
  connect: () => import('./connect.js'),
  contacts: () => import('./contacts/index.js'),
  'contacts:forget': () => import('./contacts/forget.js'),
  'contacts:name': () => import('./contacts/name.js'),
  doctor: () => import('./doctor.js'),
  export: () => import('./export.js'),
  forget: () => import('./forget.js'),
  history: () => import('./history.js'),
  import: () => import('./import.js'),
  join: () => import('./join.js'),
  listen: () => import('./listen.js'),
  peers: () => import('./peers.js'),
  relay: () => import('./relay.js'),
  rooms: () => import('./rooms.js'),
  send: () => import('./send.js'),
  topic: () => import('./topic.js'),
  verify: () => import('./verify.js'),
  whoami: () => import('./whoami.js')
}
