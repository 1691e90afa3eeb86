import { safeText } from '../../base/safe-text.js'
import type { Habits } from '../habits.js'
import type { SlashCommand, Talk } from './command.js'

/** Shows or changes what is set for the room. */
export const SET: SlashCommand = {
  usage: '/set [key value]',
  help: 'how it looks',
  completes: 'setting',
  run: set
}

function set({ habits, room }: Talk, rest: string): string[] {
  const [key = '', ...words] = rest.split(/\s+/)
  const now = Object.entries(habits.of(room.name))
  if (key === '') return now.map(([name, value]) => `${name} = ${value}`)
  const shown = now.filter(([name]) => name === key).map(([name, value]) => `${name} = ${value}`)
  if (words.length === 0) return shown.length > 0 ? shown : [noSetting(key, habits)]
  const wrong = habits.set(key, words.join(' '), room.name)
  if (wrong !== undefined) return [`! ${safeText(wrong)}`]
  return [`${safeText(key)} = ${safeText(words.join(' '))}, in this room from now on.`]
}

function noSetting(key: string, { choices }: Habits): string {
  const list = Object.keys(choices).join(', ')
  return `! There is no setting ${safeText(key)} here${list && `: ${list}`}.`
}
