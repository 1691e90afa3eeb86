import type { Topic } from '../../base/ids.js'
import { safeText } from '../../base/safe-text.js'
import type { Switch } from '../prompt/prompt.js'
import type { OtherRoom } from './status.js'
import type { Tab } from './tab.js'

/** The rooms of a screen, as they were joined, and which of them is shown: none while there is none. */
export class Tabs {
  // BOUNDED: by the person, who joins rooms.
  readonly #tabs: Tab[] = []
  #shown = 0

  /** The room that is shown. */
  get shown(): Tab | undefined {
    return this.#tabs[this.#shown]
  }

  get count(): number {
    return this.#tabs.length
  }

  add(tab: Tab): void {
    this.#tabs.push(tab)
  }

  /** Shows this one from now on. */
  show(tab: Tab): void {
    this.shown?.hide()
    this.#shown = this.#tabs.indexOf(tab)
  }

  /** Takes one out, and shows the next one, if there is one. */
  remove(tab: Tab): void {
    this.#tabs.splice(this.#tabs.indexOf(tab), 1)
    this.#shown = Math.max(0, Math.min(this.#shown, this.#tabs.length - 1))
  }

  named(name: string): Tab | undefined {
    return this.#tabs.find(({ room }) => room.name === name)
  }

  withTopic(topic: Topic): Tab | undefined {
    return this.#tabs.find(({ room }) => room.topic === topic)
  }

  /** The one that a key asks for, if it is not shown already. */
  other(to: Switch): Tab | undefined {
    const { length: count } = this.#tabs
    const steps = { next: 1, previous: count - 1 }
    const at = typeof to === 'number' ? to - 1 : (this.#shown + steps[to]) % count
    return at === this.#shown ? undefined : this.#tabs[at]
  }

  /** Those that are not shown, for a status. */
  others(): OtherRoom[] {
    const all = this.#tabs.map(({ room, view }, at) => {
      return { number: at + 1, name: room.name, unread: view.unread }
    })
    return all.filter((_, at) => at !== this.#shown)
  }

  /** All of them, a line each. */
  rows(): string[] {
    return this.#tabs.map(({ room, view }, at) => {
      const { lines, mentions } = view.unread
      const unread = lines === 0 ? '' : `, ${lines} unread, ${mentions} for you`
      return `${at + 1} ${safeText(room.name)}: ${view.people.count} here${unread}`
    })
  }

  /** Nothing is said or shown in any of them any more. */
  end(): void {
    for (const tab of this.#tabs) tab.end()
  }
}
