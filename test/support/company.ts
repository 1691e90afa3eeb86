// Run by census.long.test.ts: members of a room, in a process of their own that can be killed. Says which devices they are
// when all of them are in it.
import { freshIdentity } from '../../src/home/identity.js'
import { Room } from '../../src/room/room.js'

const [, , port, kind, count] = process.argv
const networks = {
  mode: 'isolated',
  bootstrap: [{ host: '127.0.0.1', port: Number(port) }]
} as const
const rooms = await Promise.all(
  Array.from({ length: Number(count) }, (_, n) =>
    Room.open({ name: 'lobby', nick: `${kind} ${n}`, identity: freshIdentity(), networks })
  )
)
await Promise.all(rooms.map(room => room.ready))
console.log(JSON.stringify(rooms.map(({ device }) => device)))
