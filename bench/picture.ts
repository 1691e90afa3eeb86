// The picture of a chat in the README: `npm run picture`. Three real programs in a room on this machine; what stands on the
// terminal of one of them becomes docs/chat.svg. Fails if the program shows something else than what is written here.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { newHome, PROGRAM } from '../test/support/cli.js'
import { freePort } from '../test/support/free-port.js'
import { TerminalWindow } from '../test/support/terminal-window.js'
import { svgOf } from './support/svg.js'

const [COLUMNS, ROWS] = [90, 13]
const PICTURE = fileURLToPath(new URL('../docs/chat.svg', import.meta.url))
const world = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: `${await freePort()}` }

function person(nick: string): TerminalWindow {
  const env = { ...world, SWARMCHAT_HOME: newHome(), COLORTERM: 'truecolor' }
  const command = [process.execPath, PROGRAM, 'join', 'lobby', '--nick', nick]
  return new TerminalWindow(command, { env, columns: COLUMNS, rows: ROWS })
}

const ada = person('ada')
await ada.shows(/nobody else is here yet/)
const bob = person('bob')
await ada.shows(/bob (joined|is here)/)
const cyd = person('cyd')
await Promise.all([
  ada.shows(/cyd (joined|is here)/),
  bob.shows(/cyd (joined|is here)/),
  cyd.shows(/in the room with/)
])
ada.type('/topic the release\r')
await cyd.shows(/ada changed the subject to "the release"/)
cyd.type('shall we ship on *friday*, ada?\r')
await ada.shows(/cyd: shall we ship/)
bob.type('/reply the tests are green: https://example.org/builds/7\r')
await ada.shows(/bob, to cyd/)
await bob.shows(/bob, to cyd/)
ada.type('/react 👍\r')
await bob.shows(/ada put 👍/)
bob.type('/me opens the champagne\r')
await ada.shows(/~ bob opens the champagne/)
cyd.type('who writes the n')
ada.type('wait for me')
await ada.shows(/cyd is writing/)
await ada.shows(/^> wait for me$/)
writeFileSync(PICTURE, svgOf(ada.looks, COLUMNS, 'A chat of three in a terminal'))
await Promise.all([ada, bob, cyd].map(each => each.close()))
