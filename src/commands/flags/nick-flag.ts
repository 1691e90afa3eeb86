import { string } from '@oclif/core/flags'
import { checkNick } from '../../home/nick.js'
import type { Settings } from '../../home/settings.js'
import { roomKeys } from '../../room/keys.js'

/** The flag that says what a person is called. */
export const nickFlag = {
  nick: string({
    char: 'n',
    description:
      'what you are called [default: the setting, else what you were called there last, else your user name]'
  })
}

/** What a person chose to be called in a room, if they did: by the setting. Throws BAD_ROOM_NAME, BAD_SETTINGS. */
export function nickOf(settings: Settings, room: string): string | undefined {
  const { value } = settings.get('nick', roomKeys(room).name)
  return value === undefined ? undefined : `${value}`
}

/**
 * The same, where a flag may say so. `now`: what we are called in the room that is shown; if that is not what the flag says,
 * `/nick` has come after the flag, which counts no more. Throws as `nickOf`, and BAD_NICK.
 */
export function nickIn(
  room: string,
  flag: string | undefined,
  settings: Settings,
  now?: string
): string | undefined {
  const given = flag === undefined ? undefined : checkNick(flag)
  return given !== undefined && (now ?? given) === given ? given : nickOf(settings, room)
}
