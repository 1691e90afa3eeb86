import { messageOf } from '../../base/errors.js'
import { safeText } from '../../base/safe-text.js'
import type { Millis } from '../../base/time.js'
import type { PeerReport } from '../../room/reach/report.js'
import type { Room } from '../../room/room.js'
import type { ChatIo } from '../chat-io.js'
import { countSigns } from '../comings.js'
import type { Habits } from '../habits.js'
import type { Look } from '../line-view.js'
import { messageRows } from '../messages/message-rows.js'
import { PLAIN, type Style, terminalStyle } from '../messages/style.js'
import { Prompt, type Switch } from '../prompt/prompt.js'
import type { ScreenActs } from '../slash/command.js'
import { commandNames, commandOf } from '../slash/table.js'
import { botCommands, obeyTyped } from '../typed.js'
import { BellRinger } from './bell.js'
import { Completer, type Words } from './completer.js'
import { pasteHint } from './paste-hint.js'
import { type NetworkState, statusText } from './status.js'
import { Tab } from './tab.js'

/** How often what stands below is looked at again, and how everybody is reached. */
const LOOK_MILLIS: Millis = 1_000

/** Where rooms come from. */
export interface RoomSource {
  open(name: string): Promise<Room>
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
  readonly #habits: Habits
  readonly #source: RoomSource
  readonly #look: Look
  readonly #bell: BellRinger
  readonly #quit: () => void
  // BOUNDED: by the person, who joins rooms.
  readonly #tabs: Tab[] = []
  readonly #completer = new Completer(() => this.#words())
  readonly #looking = setInterval(() => this.#lookAround(), LOOK_MILLIS).unref()
  #looksSoon = false
  // BOUNDED: by what a room reports.
  #peers: readonly PeerReport[] = []
  /** What was entered before there was a room. */
  // BOUNDED: by the person, who types it within a second.
  readonly #early: string[] = []
  #shown = 0
  #hasHeadings = false
  #hint = ''
  #status = ''
  #isOver = false

  constructor(io: ChatIo, habits: Habits, source: RoomSource, quit: () => void) {
    this.#habits = habits
    this.#source = source
    this.#quit = quit
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
        onpaste: typed => this.#pasted(typed)
      },
      columns => this.#statusRow(columns, style)
    )
  }

  /** Adds a room, in the turn in which it was opened. */
  add(room: Room, isShown = true): void {
    if (this.#isOver) return
    const tab = new Tab({
      room,
      habits: this.#habits,
      look: this.#look,
      bell: this.#bell,
      screen: this.#acts(),
      print: row => this.#prompt.print(row),
      quit: this.#quit,
      onchange: () => this.#lookSoon()
    })
    this.#tabs.push(tab)
    if (this.#tabs.length === 1) this.#prompt.rename(room.topic)
    if (isShown) this.#show(this.#tabs.length - 1)
    else this.#lookSoon()
    for (const text of this.#early.splice(0)) this.#take(text)
  }

  resume(): void {
    this.#prompt.resume()
  }

  end(): void {
    this.#isOver = true
    clearInterval(this.#looking)
    for (const tab of this.#tabs) tab.end()
    this.#prompt.close()
  }

  get #tab(): Tab | undefined {
    return this.#tabs[this.#shown]
  }

  #take(text: string): void {
    this.#hint = ''
    const tab = this.#tab
    if (tab === undefined) {
      this.#early.push(text)
      return
    }
    for (const line of obeyTyped(tab.talk, text)) tab.print(line)
  }

  #acts(): ScreenActs {
    const source = this.#source
    return {
      clear: () => this.#prompt.clear(),
      join: name => void this.join(name, true),
      part: () => this.#part(),
      rooms: () => this.#rooms(),
      get known() {
        return source.known
      }
    }
  }

  /** Opens a room and adds it; says why, if that cannot be. */
  async join(name: string, isShown: boolean): Promise<void> {
    const open = this.#tabs.findIndex(({ room }) => room.name === name)
    if (open !== -1) {
      this.#show(open)
      return
    }
    try {
      const room = await this.#source.open(name)
      if (!this.#isOver) await this.#joined(room, isShown)
    } catch (thrown) {
      this.#tab?.print(`! ${messageOf(thrown)}`)
    }
  }

  // Many names are one room: `#Lobby` is `lobby`.
  async #joined(room: Room, isShown: boolean): Promise<void> {
    const same = this.#tabs.findIndex(({ room: { topic } }) => topic === room.topic)
    if (same === -1) {
      this.add(room, isShown)
      return
    }
    await room.leave()
    this.#show(same)
  }

  #part(): void {
    const tab = this.#tab
    if (tab === undefined || this.#tabs.length === 1) {
      this.#quit()
      return
    }
    this.#tabs.splice(this.#shown, 1)
    tab.end()
    void tab.room.leave()
    this.#show(Math.min(this.#shown, this.#tabs.length - 1))
    this.#prompt.drop(tab.room.topic)
  }

  #rooms(): string[] {
    return this.#tabs.map(({ room, view }, at) => {
      const { lines, mentions } = view.unread
      const unread = lines === 0 ? '' : `, ${lines} unread, ${mentions} for you`
      return `${at + 1} ${safeText(room.name)}: ${view.people.count} here${unread}`
    })
  }

  #switch(to: Switch): void {
    const count = this.#tabs.length
    const steps = { next: 1, previous: count - 1 }
    const at = typeof to === 'number' ? to - 1 : (this.#shown + steps[to]) % count
    if (at !== this.#shown && at < count) this.#show(at)
  }

  #show(at: number): void {
    this.#tab?.hide()
    this.#shown = at
    const tab = this.#tab
    if (tab === undefined) return
    // The first room has none above it, until there was another one.
    if (this.#tabs.length > 1) this.#hasHeadings = true
    if (this.#hasHeadings) this.#prompt.print(this.#heading(tab))
    tab.show()
    this.#prompt.switchTo(tab.room.topic)
  }

  #heading({ room }: Tab): string {
    return this.#look.style.faint(`--- ${safeText(room.name)} ---`)
  }

  #pasted(typed: string): void {
    this.#hint = pasteHint(typed)
    this.#lookSoon()
  }

  #words(): Words {
    const tab = this.#tab
    if (tab === undefined) return { commands: [], nicks: [], argumentsOf: () => [] }
    const { room, talk, view } = tab
    const people = view.people.byLastWord().filter(({ identity }) => identity !== room.identity)
    const nicks = people.map(({ nick }) => nick)
    const lists = { nick: nicks, setting: this.#habits.keys, room: this.#source.known }
    return {
      nicks,
      commands: [...commandNames(talk), ...botCommands(room)],
      argumentsOf: name => {
        const kind = commandOf(name, talk)?.completes
        return kind === undefined ? nicks : lists[kind]
      }
    }
  }

  #lookAround(): void {
    this.#peers = this.#tab?.room.peers() ?? []
    this.#lookAgain()
  }

  // Once for all that happens in this turn of the event loop.
  #lookSoon(): void {
    if (this.#looksSoon) return
    this.#looksSoon = true
    setImmediate(() => {
      this.#looksSoon = false
      if (!this.#isOver) this.#lookAgain()
    })
  }

  // Drawn anew only where it reads otherwise.
  #lookAgain(): void {
    const status = this.#statusText(Number.MAX_SAFE_INTEGER)
    if (status === this.#status) return
    this.#status = status
    this.#prompt.update()
  }

  #statusRow(columns: number, style: Style): string | undefined {
    const tab = this.#tab
    if (tab === undefined || !this.#habits.of(tab.room.name).status) return undefined
    return style.status(this.#statusText(columns))
  }

  #statusText(columns: number): string {
    const tab = this.#tab
    if (tab === undefined) return ''
    const { isReady, room, view, waiting } = tab
    const others = this.#tabs.flatMap((each, at) =>
      each === tab ? [] : { number: at + 1, name: each.room.name, unread: each.view.unread }
    )
    const facts = {
      room: room.name,
      access: room.access,
      hint: this.#hint,
      here: view.people.count,
      isReady,
      isCatchingUp: view.isCatchingUp(Date.now()),
      waiting,
      delivery: view.deliveries.last,
      others,
      peers: this.#peers,
      networks: this.#source.networks
    }
    return statusText(facts, columns)
  }
}

function styleOf({ output }: ChatIo): Style {
  const { getColorDepth } = output as { readonly getColorDepth?: () => number }
  if (process.env.NO_COLOR) return PLAIN
  return terminalStyle(getColorDepth === undefined ? 8 : getColorDepth.call(output))
}
