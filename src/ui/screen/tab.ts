import { messageOf } from '../../base/errors.js'
import type { Room } from '../../room/room.js'
import type { Saying } from '../../room/sending/speak.js'
import type { RoomView } from '../../room/view/room-view.js'
import { acceptKnown } from '../accept-known.js'
import type { Habits } from '../habits.js'
import { type Look, showLines } from '../line-view.js'
import { pinContacts } from '../names.js'
import { notice } from '../notice.js'
import { pacedBy, SayQueue } from '../say-queue.js'
import type { ScreenActs, Talk } from '../slash/command.js'
import { speakingIn } from '../speaking.js'
import { joining, sending, tellOfTwin, unsent } from '../tell.js'
import { GRACE_MILLIS, noteSeen, viewOf } from '../view-of.js'
import type { BellRinger } from './bell.js'
import { RowsKept } from './rows-kept.js'

/** What a tab needs of the screen. */
export interface TabParts {
  readonly room: Room
  readonly habits: Habits
  readonly look: Look
  readonly screen: ScreenActs
  readonly bell: BellRinger
  readonly print: (row: string) => void
  readonly quit: () => void
  /** Something is to be told below. */
  readonly onchange: () => void
}

// Of a command nobody is to know, but for what will be a line.
function isLine(text: string): boolean {
  return !/^\s*\/(?!\/|me\s)/u.test(text)
}

/** One room on the screen, shown now or not. */
export class Tab {
  readonly room: Room
  readonly view: RoomView
  readonly talk: Talk
  /** True once we are in the room. */
  isReady = false
  readonly #parts: TabParts
  readonly #queue: SayQueue
  readonly #rows = new RowsKept()
  readonly #endLines: () => void
  readonly #unpin: () => void
  /** What is being typed. */
  #draft = ''
  #isShown = false

  /** To be made in the turn in which the room was opened. */
  constructor(parts: TabParts) {
    const { habits, onchange, quit, room, screen } = parts
    this.#parts = parts
    this.room = room
    this.view = viewOf(room, habits)
    this.#queue = new SayQueue({
      ...pacedBy(room),
      say: speakingIn(room, this.view),
      onfault: thrown => this.print(`! ${messageOf(thrown)}`),
      onwaiting: count => this.#tell(sending(count))
    })
    const say = (text: string) => this.#queue.add(text)
    const waiting = () => this.waiting
    const put = (saying: Saying) => this.#queue.put(saying)
    this.talk = { room, view: this.view, habits, say, put, quit, waiting, screen }
    this.#unpin = pinContacts(room, habits.contacts)
    acceptKnown(room, habits.contacts)
    this.print(joining(room))
    this.#endLines = this.#show()
    tellOfTwin(room, text => this.#tell(text))
    room.ready.then(
      isReady => {
        this.isReady = isReady
        onchange()
      },
      () => {}
    )
  }

  /** Lines of ours that nobody is known to have after a while, and those that are still to be sent. */
  get waiting(): number {
    return this.#queue.length + this.view.deliveries.waiting(Date.now(), GRACE_MILLIS)
  }

  /** This is being typed: the others are told so, if they may know. */
  typed(text: string): void {
    const { habits, room } = this.#parts
    const before = this.#draft
    this.#draft = text
    if (text === before || !habits.of(room.name).typing) return
    if (text === '') room.setTyping(false)
    else if (isLine(text)) room.setTyping(true)
  }

  /** Prints a row: now if the room is shown, else when it is. */
  print(row: string): void {
    this.#rows.add(row, this.#isShown)
    if (this.#isShown) this.#parts.print(row)
  }

  /** The room is shown from now on: what was missed is. */
  show(): void {
    for (const row of this.#rows.take()) this.#parts.print(row)
    this.#isShown = true
    this.view.markRead()
  }

  hide(): void {
    this.#isShown = false
  }

  /** Says and shows no more. */
  end(): void {
    const count = this.#queue.end()
    this.#endLines()
    this.#unpin()
    if (count > 0) this.#tell(unsent(count))
    noteSeen(this.room, this.view, this.#parts.habits)
  }

  #show(): () => void {
    const { bell, habits, look, onchange, room } = this.#parts
    return showLines({
      room,
      view: this.view,
      look,
      history: true,
      comings: () => habits.of(room.name).joins,
      print: row => this.print(row),
      greet: text => this.#tell(text),
      onshown: items => {
        bell.hear(items, habits.of(room.name).bell)
        if (this.#isShown) this.view.markRead()
        onchange()
      }
    })
  }

  #tell(text: string): void {
    this.print(notice(Date.now(), text))
  }
}
