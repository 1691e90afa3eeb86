import { safeText } from '../../base/safe-text.js'
import type { Millis } from '../../base/time.js'
import type { Room } from '../../room/room.js'
import type { ChatIo } from '../chat-io.js'
import { countSigns } from '../comings.js'
import type { Habits } from '../habits.js'
import type { Look } from '../line-view.js'
import { messageRows } from '../messages/message-rows.js'
import { PLAIN, type Style, terminalStyle } from '../messages/style.js'
import { Prompt, type Switch } from '../prompt/prompt.js'
import { NOBODY } from '../reached.js'
import { refusal, type ScreenActs } from '../slash/command.js'
import { NOWHERE, obeyTyped } from '../typed.js'
import { BellRinger } from './bell.js'
import { Completer, type Words } from './completer.js'
import { pasteHint } from './paste-hint.js'
import { type NetworkState, statusText } from './status.js'
import { factsOf, reachedIn } from './status-of.js'
import { StatusRow } from './status-row.js'
import { Tab } from './tab.js'
import { Tabs } from './tabs.js'
import { wordsIn, wordsOutside } from './words-of.js'

/** How often what stands below is looked at again, and how everybody is reached. */
const LOOK_MILLIS: Millis = 1_000

/** Where rooms come from. */
export interface RoomSource {
  /** `fallbackNick`: what we are called there if we never were called anything. */
  open(name: string, fallbackNick?: string): Promise<Room>
  /** The networks of all of them. */
  readonly networks: readonly NetworkState[]
  /** Names of rooms that were joined before. */
  readonly known: readonly string[]
  /** Rooms to join from the start. */
  readonly more?: readonly string[]
}

/** The rooms of one program on one terminal: lines in its scrollback, below them what is typed, and how the room is. */
export class ScreenChat {
  readonly #prompt: Prompt
  readonly #isOrphan: () => boolean
  readonly #habits: Habits
  readonly #source: RoomSource
  readonly #look: Look
  readonly #bell: BellRinger
  readonly #acts: ScreenActs
  readonly #tabs = new Tabs()
  readonly #completer = new Completer(() => this.#words())
  readonly #looking = setInterval(() => this.#lookAround(), LOOK_MILLIS).unref()
  readonly #status = new StatusRow(
    columns => this.#statusText(columns),
    () => this.#prompt.update()
  )
  #reached = NOBODY
  /** Names of rooms that were joined, before or now. */
  // BOUNDED: by the person, who joins them.
  readonly #known: Set<string>
  /** Rooms that are being opened: the first one is. */
  #opening = 1
  /** What was entered while no room was shown, and one was being opened. */
  // BOUNDED: by the person, who types it within a second.
  readonly #early: string[] = []
  #hasHeadings = false
  #hint = ''
  #isOver = false
  /** The room that was left last, where none is shown. */
  #left: Room | undefined

  constructor(io: ChatIo, habits: Habits, source: RoomSource, quit: () => void) {
    this.#isOrphan = io.isOrphan ?? (() => false)
    this.#habits = habits
    this.#source = source
    this.#known = new Set(source.known)
    this.#acts = this.#actsOf(quit)
    const style = styleOf(io)
    this.#look = { style, rows: messageRows, counts: countSigns }
    this.#bell = new BellRinger(text => void io.output.write(text))
    this.#prompt = new Prompt(
      io,
      {
        online: text => this.#take(text),
        oninterrupt: io.interrupt,
        onsuspend: io.suspend,
        onclose: quit,
        oncomplete: typed => this.#completer.complete(typed),
        onswitch: to => this.#switch(to),
        onedit: typed => this.#edited(typed)
      },
      columns => this.#statusRow(columns, style)
    )
  }

  /** The first room is open. To be called in the turn in which it was. */
  begin(room: Room): void {
    this.#opening -= 1
    this.#add(room, true)
  }

  resume(): void {
    this.#prompt.resume()
  }

  end(): void {
    this.#isOver = true
    clearInterval(this.#looking)
    this.#status.end()
    this.#tabs.end()
    this.#prompt.close()
  }

  /** Opens a room and adds it; says why, if that cannot be. */
  async join(name: string, isShown: boolean): Promise<void> {
    const open = this.#tabs.named(name)
    if (open !== undefined) {
      this.#show(open)
      return
    }
    this.#opening += 1
    const room = await this.#source
      .open(name, (this.#tabs.shown?.room ?? this.#left)?.nick)
      .catch(thrown => this.#print(refusal(thrown)))
    this.#opening -= 1
    if (this.#isOver) return
    if (room) await this.#joined(room, isShown)
    this.#takeEarly()
  }

  // Many names are one room: `#Lobby` is `lobby`.
  async #joined(room: Room, isShown: boolean): Promise<void> {
    const same = this.#tabs.withTopic(room.topic)
    if (same === undefined) {
      this.#add(room, isShown)
      return
    }
    await room.leave()
    this.#show(same)
  }

  #add(room: Room, isShown: boolean): void {
    if (this.#isOver) return
    const isFirst = this.#tabs.count === 0
    const tab = this.#tabOf(room)
    this.#tabs.add(tab)
    this.#known.add(room.name)
    // What was typed before there was a room is its draft.
    if (isFirst) this.#prompt.rename(room.topic)
    if (isShown || isFirst) this.#show(tab)
    else this.#status.lookSoon()
    this.#takeEarly()
  }

  #tabOf(room: Room): Tab {
    return new Tab({
      room,
      habits: this.#habits,
      look: this.#look,
      bell: this.#bell,
      screen: this.#acts,
      print: row => this.#prompt.print(row),
      quit: this.#acts.quit,
      onchange: () => this.#status.lookSoon()
    })
  }

  #take(text: string): void {
    const { shown } = this.#tabs
    if (shown === undefined && this.#opening > 0) {
      this.#early.push(text)
      return
    }
    const place = shown?.talk ?? { screen: this.#acts }
    for (const line of obeyTyped(place, text)) (shown ?? this.#prompt).print(line)
  }

  #takeEarly(): void {
    for (const text of this.#early.splice(0)) this.#take(text)
  }

  #print(row: string): void {
    const to = this.#tabs.shown ?? this.#prompt
    to.print(row)
  }

  #actsOf(quit: () => void): ScreenActs {
    return {
      quit,
      clear: () => this.#prompt.clear(),
      join: name => void this.join(name, true),
      part: () => this.#part(),
      rooms: () => this.#rooms()
    }
  }

  #rooms(): string[] {
    return this.#tabs.count === 0 ? ['You are in no room.'] : this.#tabs.rows()
  }

  #part(): void {
    const tab = this.#tabs.shown
    if (tab === undefined) return
    tab.end()
    this.#tabs.remove(tab)
    void tab.room.leave()
    const { shown } = this.#tabs
    if (shown === undefined) this.#showNone(tab)
    else this.#show(shown)
    this.#prompt.drop(tab.room.topic)
  }

  #switch(to: Switch): void {
    const tab = this.#tabs.other(to)
    if (tab !== undefined) this.#show(tab)
  }

  #show(tab: Tab): void {
    this.#tabs.show(tab)
    this.#status.forget()
    // The first room has none above it, until there was another one.
    if (this.#tabs.count > 1) this.#hasHeadings = true
    if (this.#hasHeadings) this.#prompt.print(this.#heading(tab))
    tab.show()
    this.#prompt.switchTo(tab.room.topic)
  }

  #showNone({ room }: Tab): void {
    this.#left = room
    this.#hasHeadings = true
    this.#reached = NOBODY
    this.#status.forget()
    this.#prompt.print(`You have left ${safeText(room.name)}. ${NOWHERE}`)
    this.#prompt.switchTo('')
  }

  #heading({ room }: Tab): string {
    return this.#look.style.faint(`--- ${safeText(room.name)} ---`)
  }

  #edited(typed: string): void {
    this.#hint = pasteHint(typed)
    this.#tabs.shown?.typed(typed)
    this.#status.lookSoon()
  }

  #words(): Words {
    const [{ shown }, known] = [this.#tabs, [...this.#known]]
    if (shown === undefined) return wordsOutside({ screen: this.#acts }, known)
    return wordsIn(shown, this.#habits, known)
  }

  #lookAround(): void {
    if (this.#isOrphan()) this.#prompt.lose()
    const { shown } = this.#tabs
    this.#reached = shown === undefined ? NOBODY : reachedIn(shown)
    this.#status.look()
  }

  #statusRow(columns: number, style: Style): string | undefined {
    const room = this.#tabs.shown?.room
    if (room === undefined && this.#opening > 0) return undefined
    if (room !== undefined && !this.#habits.of(room.name).status) return undefined
    return style.status(this.#status.text(columns))
  }

  #statusText(columns: number): string {
    const tab = this.#tabs.shown
    if (tab === undefined) return 'no room'
    const around = {
      hint: this.#hint,
      others: this.#tabs.others(),
      reached: this.#reached,
      networks: this.#source.networks
    }
    return statusText(factsOf(tab, this.#habits, around), columns)
  }
}

function styleOf({ output }: ChatIo): Style {
  const { getColorDepth } = output as { readonly getColorDepth?: () => number }
  if (process.env.NO_COLOR) return PLAIN
  return terminalStyle(getColorDepth === undefined ? 8 : getColorDepth.call(output))
}
