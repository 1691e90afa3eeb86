import { dirname } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { messageOf, SwarmchatError } from '../base/errors.js'
import { safeText } from '../base/safe-text.js'
import { ensureDirectory } from './directory.js'
import { readIfThere, replaceFile } from './files.js'
import { followFile } from './follow-file.js'
import { orNoHome } from './key-file.js'
import {
  choicesOf,
  isSettingKey,
  SETTING_KEYS,
  SETTINGS,
  type SettingKey,
  type SettingKind,
  type SettingValue,
  valueFrom
} from './setting-kinds.js'
import { settingsFile } from './settings-file.js'
import { withoutSetting, withSetting } from './toml-edit.js'

type Environment = Readonly<Record<string, string | undefined>>
type Section = Readonly<Record<string, unknown>>

/** BAD_SETTINGS: the file of settings, or a variable of the environment, says what cannot be. */
const badSettings = (where: string, reason: string) =>
  new SwarmchatError('BAD_SETTINGS', `The settings cannot be used (${where}): ${reason}.`, {
    hint: 'Correct it, or take it away: then swarmchat config list shows what can be set.'
  })

/** NO_SETTING: there is no setting of that name, or it cannot be that. */
const noSetting = (reason: string) =>
  new SwarmchatError('NO_SETTING', reason, { hint: 'swarmchat config list shows all of them.' })

/** One setting as it counts now. */
export interface Setting {
  readonly key: SettingKey
  readonly value: SettingValue | undefined
  /** What it was read from. */
  readonly from: 'environment' | 'room' | 'file' | 'default'
}

/** What somebody has set: in the environment, in a file, and there for single rooms. */
export class Settings {
  readonly #file: string
  readonly #env: Environment
  #top: Section

  /** Throws BAD_SETTINGS if it cannot be read, NO_HOME. */
  constructor(file: string = settingsFile(), env: Environment = process.env) {
    this.#file = file
    this.#env = env
    this.#top = parsed(file, this.#text())
    for (const key of SETTING_KEYS) this.#envOf(key)
  }

  /** What counts in a room of this name, or where there is none: environment over room over file over default. */
  get(key: SettingKey, room?: string): Setting {
    const env = this.#envOf(key)
    if (env !== undefined) return { key, value: env, from: 'environment' }
    const own = room === undefined ? undefined : valueIn(roomSection(this.#top, room), key)
    if (own !== undefined) return { key, value: own, from: 'room' }
    const general = valueIn(this.#top, key)
    if (general !== undefined) return { key, value: general, from: 'file' }
    const { byDefault }: SettingKind = SETTINGS[key]
    return { key, value: byDefault, from: 'default' }
  }

  /** Sets it in the file, for a room or in general. What else stands there stays. Throws NO_SETTING, NO_HOME. */
  set(key: string, text: string, room?: string): void {
    if (!isSettingKey(key)) throw noSetting(`There is no setting ${key}.`)
    const value = valueFrom(key, text)
    if (value === undefined)
      throw noSetting(`${key} must be ${choicesOf(key)}; not ${safeText(text) || 'empty'}.`)
    this.#change(key, value, room, now => withSetting(now, key, value, room))
  }

  /** Takes what is set out of the file, for a room or in general: then what is less special counts. Throws likewise. */
  unset(key: string, room?: string): void {
    if (!isSettingKey(key)) throw noSetting(`There is no setting ${key}.`)
    this.#change(key, undefined, room, now => withoutSetting(now, key, room))
  }

  /**
   * From now on, what is written to the file by others counts here as well, within about a second; a file that cannot be
   * used changes nothing. Gives what ends that.
   */
  follow(): () => void {
    const unfollow = followFile(this.#file, () => this.#reread())
    this.#reread()
    return unfollow
  }

  #reread(): void {
    try {
      this.#top = parsed(this.#file, this.#text())
    } catch {
      // Being edited, or wrong: what was set still is, and swarmchat config says what is wrong.
    }
  }

  #change(
    key: SettingKey,
    value: SettingValue | undefined,
    room: string | undefined,
    edit: (text: string) => string
  ): void {
    // Another program of ours may have changed it meanwhile.
    const now = this.#text()
    const changed = edit(now)
    const top = parsed(this.#file, changed)
    if (valueIn(room === undefined ? top : roomSection(top, room), key) !== value)
      throw badSettings(this.#file, 'it is written in a way that swarmchat does not change')
    if (changed !== now) {
      ensureDirectory(dirname(this.#file))
      orNoHome(this.#file, () => replaceFile(this.#file, changed))
    }
    this.#top = top
  }

  #text(): string {
    return orNoHome(this.#file, () => readIfThere(this.#file) ?? '')
  }

  #envOf(key: SettingKey): SettingValue | undefined {
    const name = `SWARMCHAT_${key.toUpperCase()}`
    const text = this.#env[name]
    if (text === undefined || text === '') return undefined
    const value = valueFrom(key, text)
    // Networks have more ways of being named than a file: they are read where they are used.
    if (value === undefined && key !== 'network')
      throw badSettings(name, `${key} must be ${choicesOf(key)}`)
    return value
  }
}

function parsed(file: string, text: string): Section {
  const top = orBad(file, () => parse(text) as Section)
  const rooms = Object.entries(sectionIn(file, top, 'rooms'))
  check(file, top)
  for (const [name] of rooms) check(file, sectionIn(file, sectionIn(file, top, 'rooms'), name))
  return top
}

function check(file: string, section: Section): void {
  for (const [key, value] of Object.entries(section)) {
    if (key === 'rooms') continue
    if (!isSettingKey(key)) throw badSettings(file, `there is no setting ${safeText(key)}`)
    const text = typeof value === 'string' || typeof value === 'boolean' ? `${value}` : ''
    if (valueFrom(key, text) === undefined)
      throw badSettings(file, `${key} must be ${choicesOf(key)}`)
  }
}

function sectionIn(file: string, section: Section, key: string): Section {
  const value = Object.hasOwn(section, key) ? section[key] : {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Section
  throw badSettings(file, `${key} is no section`)
}

function roomSection(top: Section, room: string): Section {
  const rooms = (top.rooms ?? {}) as Section
  return Object.hasOwn(rooms, room) ? (rooms[room] as Section) : {}
}

function valueIn(section: Section, key: SettingKey): SettingValue | undefined {
  const value = Object.hasOwn(section, key) ? section[key] : undefined
  return value === undefined ? undefined : valueFrom(key, `${value}`)
}

function orBad<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    const [sentence = ''] = messageOf(thrown).split('\n')
    const where = thrown instanceof TomlError ? `${file}, line ${thrown.line}` : file
    throw badSettings(where, sentence.replace(/\.$/, ''))
  }
}
