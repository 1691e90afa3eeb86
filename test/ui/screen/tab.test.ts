import { expect, test, vi } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { countSigns } from '../../../src/ui/comings.js'
import { noHabits } from '../../../src/ui/habits.js'
import { messageRows } from '../../../src/ui/messages/message-rows.js'
import { PLAIN } from '../../../src/ui/messages/style.js'
import { BellRinger } from '../../../src/ui/screen/bell.js'
import { Tab } from '../../../src/ui/screen/tab.js'
import { unsent } from '../../../src/ui/tell.js'
import { fakeRoom, flushed, other } from '../fake-room.js'

/** A tab of a room that is not entered yet, the rows that it prints, and how often it has something to tell below. */
function openTab(habits = noHabits()) {
  const entered = deferred<boolean>()
  const lobby = fakeRoom(entered.promise)
  const rows: string[] = []
  let changes = 0
  const onchange = () => {
    changes += 1
  }
  const tab = new Tab({
    room: lobby.room,
    habits,
    look: { style: PLAIN, rows: messageRows, counts: countSigns },
    screen: {} as never,
    bell: new BellRinger(() => {}),
    print: row => rows.push(row),
    quit: () => {},
    onchange
  })
  return { entered, lobby, rows, tab, changes: () => changes }
}

test('what stands below is drawn anew at once when we are in the room', async () => {
  const { changes, entered, tab } = openTab()
  await flushed()
  const before = changes()
  expect(tab.isReady).toBe(false)
  entered.resolve(true)
  await flushed()
  expect([tab.isReady, changes() - before]).toEqual([true, 1])
  tab.end()
})

test('what is said while another room is shown is counted, told below, and shown later', async () => {
  const { changes, entered, lobby, rows, tab } = openTab()
  entered.resolve(true)
  await flushed()
  const before = changes()
  lobby.hear(other('b', 'bob'), 'hello', Date.now())
  await flushed()
  expect([rows, tab.view.unread.lines, changes() > before]).toEqual([[], 1, true])
  tab.show()
  expect([rows.some(row => row.includes('hello')), tab.view.unread.lines]).toEqual([true, 0])
  lobby.hear(other('b', 'bob'), 'and more', Date.now())
  await flushed()
  expect([rows.some(row => row.includes('and more')), tab.view.unread.lines]).toEqual([true, 0])
  tab.hide()
  lobby.hear(other('b', 'bob'), 'unseen', Date.now())
  await flushed()
  expect([rows.some(row => row.includes('unseen')), tab.view.unread.lines]).toEqual([false, 1])
  tab.end()
})

test('nobody is told that we write while what is typed is a command or unchanged', () => {
  const { lobby, tab } = openTab()
  for (const text of ['/who', 'h', 'h', '/me waves', '//', '']) tab.typed(text)
  expect(lobby.typed).toEqual([true, true, true, false])
  tab.end()
})

test('a tab that has ended shows and follows nothing more, and says how many lines were not sent', async () => {
  const habits = noHabits()
  const unfollow = vi.fn()
  vi.spyOn(habits.contacts, 'follow').mockReturnValue(unfollow)
  const { entered, lobby, rows, tab } = openTab(habits)
  tab.show()
  for (let n = 0; n < 2_000; n += 1) tab.talk.say('x')
  const [said, waiting] = [lobby.said.length, tab.waiting]
  expect(said + waiting).toBe(2_000)
  tab.end()
  expect(rows.at(-1)).toContain(unsent(waiting))
  expect(unfollow).toHaveBeenCalledOnce()
  entered.resolve(true)
  lobby.hear(other('b', 'bob'), 'too late', Date.now())
  await flushed()
  expect(rows.filter(row => row.includes('too late'))).toEqual([])
  expect(lobby.said).toHaveLength(said)
})
