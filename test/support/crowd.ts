import { expect } from 'vitest'
import type { Visit } from './rooms.js'

const names = (size: number) => Array.from({ length: size }, (_, i) => `member ${i}`)

/** So many enter, and each says a line once it has a link: all hear all lines once, over ten links at most. */
export async function chatInCrowd(
  enter: (nick: string) => Promise<Visit>,
  size: number
): Promise<void> {
  const all = await Promise.all(names(size).map(nick => enter(nick)))
  await Promise.all(all.map(({ room, when }) => when(() => room.links > 0)))
  for (const { room } of all) room.say(`from ${room.nick}`)
  await Promise.all(all.map(visit => visit.when(() => visit.texts.length >= size)))
  const lines = names(size)
    .map(name => `from ${name}`)
    .sort()
  for (const { texts, room } of all) {
    expect([...texts].sort()).toEqual(lines)
    expect(room.links).toBeLessThanOrEqual(10)
  }
}
