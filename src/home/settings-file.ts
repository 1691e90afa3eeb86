import { posix, win32 } from 'node:path'
import { homeDirectory } from './directory.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where settings are: `SWARMCHAT_CONFIG`; else `config.toml` in `SWARMCHAT_HOME`, if that is set; else in `swarmchat` in the
 * platform's directory for settings (`$XDG_CONFIG_HOME` or `~/.config`; `~/Library/Application Support`; `%APPDATA%`).
 * Nothing is made or read. Throws NO_HOME if there is none.
 */
export function settingsFile(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform
): string {
  const path = platform === 'win32' ? win32 : posix
  if (env.SWARMCHAT_CONFIG) return path.resolve(env.SWARMCHAT_CONFIG)
  return path.join(directoryOf(env, platform), 'config.toml')
}

function directoryOf(env: Environment, platform: NodeJS.Platform): string {
  if (env.SWARMCHAT_HOME || platform === 'darwin') return homeDirectory(env, platform)
  if (platform === 'win32')
    return env.APPDATA ? win32.join(env.APPDATA, 'swarmchat') : homeDirectory(env, platform)
  const xdg = env.XDG_CONFIG_HOME
  if (xdg && posix.isAbsolute(xdg)) return posix.join(xdg, 'swarmchat')
  // ~/.local/share/swarmchat is beside ~/.config/swarmchat.
  const home = homeDirectory({ ...env, XDG_DATA_HOME: undefined }, platform)
  return posix.join(home, '..', '..', '..', '.config', 'swarmchat')
}
