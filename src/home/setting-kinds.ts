import { checkNick } from './nick.js'

/** A value as TOML has it. */
export type SettingValue = string | boolean

/** What a setting may be, and what it is about. */
export interface SettingKind {
  readonly help: string
  /** What may stand there; undefined: any nick. */
  readonly choices?: readonly string[]
  /** True: true or false. */
  readonly isSwitch?: true
  /** What counts where nothing is set; undefined: nothing. */
  readonly byDefault?: SettingValue
}

/** Every setting: in the file under its name, in the environment as `SWARMCHAT_` and its name in capitals. */
export const SETTINGS = {
  nick: { help: 'what you are called' },
  network: { help: 'which DHT', choices: ['auto', 'public', 'lan', 'local'] },
  bell: {
    help: 'when the terminal rings',
    choices: ['off', 'mention', 'all'],
    byDefault: 'mention'
  },
  joins: {
    help: 'who of those who come and go is shown one by one',
    choices: ['folded', 'all', 'none'],
    byDefault: 'folded'
  },
  status: { help: 'a row below that says how the room is', isSwitch: true, byDefault: true },
  typing: { help: 'tell others that you write, and see who does', isSwitch: true, byDefault: true },
  plain: { help: 'lines alone, as for a screen reader', isSwitch: true, byDefault: false }
} as const satisfies Readonly<Record<string, SettingKind>>

/** The name of a setting. */
export type SettingKey = keyof typeof SETTINGS

/** Their names, in order. */
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[]

/** True for the name of a setting. */
export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key)
}

/** What somebody wrote, as a value of this setting; undefined for what it cannot be. */
export function valueFrom(key: SettingKey, text: string): SettingValue | undefined {
  const kind: SettingKind = SETTINGS[key]
  if (kind.isSwitch) return SWITCHES.get(text.toLowerCase())
  const isFine = kind.choices === undefined ? isNick(text) : kind.choices.includes(text)
  return isFine ? text : undefined
}

/** All that it can be; nothing where that is more than can be listed. */
export function valuesOf(key: SettingKey): readonly string[] {
  const { choices = [], isSwitch }: SettingKind = SETTINGS[key]
  return isSwitch ? ['true', 'false'] : choices
}

/** What it can be, for a sentence. */
export function choicesOf(key: SettingKey): string {
  const { choices, isSwitch }: SettingKind = SETTINGS[key]
  if (isSwitch) return 'true or false'
  return choices === undefined
    ? '1 to 64 bytes of visible characters'
    : `one of ${choices.join(', ')}`
}

function isNick(text: string): boolean {
  try {
    return checkNick(text) !== ''
  } catch {
    return false
  }
}

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['off', false],
  ['no', false],
  ['0', false]
])
