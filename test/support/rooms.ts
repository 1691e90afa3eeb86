import { afterEach, beforeEach } from 'vitest'
import { freshIdentity } from '../../src/home/identity.js'
import type { ChatMessage } from '../../src/protocol/events.js'
import type { RoomOptions } from '../../src/room/open.js'
import { Room } from '../../src/room/room.js'
import { createTestnet, type Testnet } from './testnet.js'
import { until } from './until.js'

/** A room that a test is in, and what it has been told so far. */
export interface Visit {
  readonly room: Room
  readonly texts: string[]
  readonly messages: ChatMessage[]
  /** Resolves when the condition holds, looking again at whatever the room tells. */
  when(condition: () => boolean): Promise<unknown>
  hears(text: string): Promise<unknown>
  meets(nick: string): Promise<unknown>
  misses(nick: string): Promise<unknown>
}

/** A DHT of its own, of so many nodes, for every test of the file, and rooms on it. */
export function useRooms(nodes = 1): {
  enter(nick: string, options?: Partial<RoomOptions>): Promise<Visit>
  testnet(): Testnet
} {
  let testnet: Testnet
  const rooms: Room[] = []
  beforeEach(async () => {
    testnet = await createTestnet(nodes)
  })
  afterEach(async () => {
    await Promise.all(rooms.splice(0).map(room => room.leave()))
    await testnet.close()
  })
  const enter = async (nick: string, options: Partial<RoomOptions> = {}) => {
    const networks = { mode: 'isolated', bootstrap: testnet.bootstrap } as const
    const identity = freshIdentity()
    const room = await Room.open({ name: 'lobby', nick, identity, networks, ...options })
    rooms.push(room)
    return visit(room)
  }
  return { enter, testnet: () => testnet }
}

function visit(room: Room): Visit {
  const messages: ChatMessage[] = []
  const texts: string[] = []
  const joined = new Set<string>()
  const left = new Set<string>()
  room.on('message', message => {
    messages.push(message)
    texts.push(message.text)
  })
  room.on('join', member => joined.add(member.nick))
  room.on('leave', member => left.add(member.nick))
  const when = (condition: () => boolean) => until([room], 'update', condition)
  return {
    room,
    texts,
    messages,
    when,
    hears: text => when(() => texts.includes(text)),
    meets: nick => when(() => joined.has(nick)),
    misses: nick => when(() => left.has(nick))
  }
}
