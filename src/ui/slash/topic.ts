import { checkSubject } from '../../room/text.js'
import { namesOf } from '../names.js'
import { subjectText } from '../subject.js'
import type { SlashCommand } from './command.js'

/** What takes the subject away. */
const NONE = '-'

/** What the room is about: shows it, sets it for everybody, or takes it away. */
export const TOPIC: SlashCommand = {
  usage: '/topic [text]',
  help: 'what it is about',
  run: ({ put, room, view }, text) => {
    if (text !== '') {
      put({ type: 'subject', subject: text === NONE ? '' : checkSubject(text) })
      return []
    }
    const { subject } = view
    if (subject === undefined) return ['There is no subject. /topic <text> sets one.']
    return [`${subjectText(subject, namesOf(room))}. /topic ${NONE} takes it away.`]
  }
}
