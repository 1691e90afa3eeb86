import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { afterEach, expect, test, vi } from 'vitest'
import { Settings } from '../../src/home/settings.js'
import { settingsFile } from '../../src/home/settings-file.js'
import { withSetting } from '../../src/home/toml-edit.js'

afterEach(() => void vi.useRealTimers())

const newFile = () => join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'sub', 'config.toml')

/** Settings from a file with this text. */
function settingsOf(text: string, env: Record<string, string> = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'config.toml')
  writeFileSync(file, text)
  return { file, settings: new Settings(file, env), text: () => readFileSync(file, 'utf8') }
}

test('environment over room over file over default', () => {
  const text = 'nick = "ada"\nbell = "off"\n[rooms.builds]\nbell = "all"\nstatus = false\n'
  const { settings } = settingsOf(text, { SWARMCHAT_NICK: 'eve' })
  expect(settings.get('nick', 'builds')).toMatchObject({ value: 'eve', from: 'environment' })
  expect(settings.get('bell', 'builds')).toMatchObject({ value: 'all', from: 'room' })
  expect(settings.get('bell', 'lobby')).toMatchObject({ value: 'off', from: 'file' })
  expect(settings.get('joins')).toMatchObject({ value: 'folded', from: 'default' })
  expect(settings.get('status', 'builds').value).toBe(false)
  expect(settings.get('bell', 'constructor').value).toBe('off')
})

test.each([
  ['nick = 3\n', /nick must be 1 to 64 bytes/],
  ['bell = "loud"\n', /bell must be one of off, mention, all/],
  ['belt = "x"\n', /there is no setting belt/],
  ['[rooms.lobby]\nstatus = "perhaps"\n', /status must be true or false/],
  ['rooms = 1\n', /rooms is no section/],
  ['nick = "a\\u001b[2Jb"\n', /config.toml\): nick must be 1 to 64 bytes of visible characters/],
  [`[rooms.lobby]\nnick = "${'x'.repeat(65)}"\n`, /nick must be 1 to 64 bytes/],
  ['bell = "all"\nnick = 1 2\n', /config.toml, line 2\): [^.\n]*\.$/],
  ['nick = \n', /line 1\): /]
])('what cannot be is refused, and said where: %j', (text, reason) => {
  expect(() => settingsOf(text)).toThrow(reason)
  expect(() => settingsOf(text)).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }))
})

test('a variable that cannot be is refused; one that is empty counts as not set', () => {
  expect(() => settingsOf('', { SWARMCHAT_BELL: 'loud' })).toThrow(/SWARMCHAT_BELL/)
  expect(settingsOf('', { SWARMCHAT_BELL: '' }).settings.get('bell').value).toBe('mention')
})

test('what is set is kept, mode 0600, and the rest of the file stays as it was', () => {
  const { file, settings, text } = settingsOf('# mine\nnick = "ada" # me\n\n[rooms.lobby]\n# why\n')
  settings.set('bell', 'all')
  settings.set('nick', 'eve')
  settings.set('joins', 'none', 'lobby')
  settings.set('bell', 'off', 'two words')
  expect(text()).toBe(
    '# mine\nnick = "eve"\nbell = "all"\n\n[rooms.lobby]\n# why\njoins = "none"\n\n[rooms."two words"]\nbell = "off"\n'
  )
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(new Settings(file, {}).get('bell', 'two words').value).toBe('off')
  expect(() => settings.set('belt', 'x')).toThrow(expect.objectContaining({ code: 'NO_SETTING' }))
  expect(() => settings.set('bell', 'loud')).toThrow(/must be one of/)
  expect(() => settings.set('nick', 'a\u001b[2Jb')).toThrow(/nick must be 1 to 64 bytes/)
  expect(() => settings.set('nick', '')).toThrow(/not empty\.$/)
})

test('a file that is not there is made when something is set', () => {
  const file = newFile()
  new Settings(file, {}).set('plain', 'yes')
  expect(readFileSync(file, 'utf8')).toBe('plain = true\n')
})

test('whatever a room and a nick are called, what is set is what is read', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => text.trim() !== '')
  const property = fc.property(name, name, (room, nick) => {
    const text = withSetting(withSetting('', 'nick', 'x'), 'nick', nick, room)
    const read = parse(text) as { nick: string; rooms: Record<string, { nick: string }> }
    expect([read.nick, read.rooms[room]?.nick]).toEqual(['x', nick])
    expect(withSetting(text, 'nick', nick, room)).toBe(text)
  })
  fc.assert(property, { numRuns: 300 })
})

test('where the file is, on each platform', () => {
  const linux = (env: Record<string, string>) => settingsFile({ HOME: '/home/a', ...env }, 'linux')
  expect(linux({ XDG_CONFIG_HOME: '/c' })).toBe('/c/swarmchat/config.toml')
  expect(linux({ SWARMCHAT_HOME: '/h' })).toBe('/h/config.toml')
  expect(linux({ SWARMCHAT_CONFIG: '/x.toml', SWARMCHAT_HOME: '/h' })).toBe('/x.toml')
  expect(linux({})).toMatch(/\/\.config\/swarmchat\/config\.toml$/)
  expect(settingsFile({ APPDATA: 'C:\\A' }, 'win32')).toBe('C:\\A\\swarmchat\\config.toml')
})

test('what was set is taken back, and the rest of the file stays as it was', () => {
  const { settings, text } = settingsOf(
    '# mine\nbell = "all"\n\n[rooms.lobby]\n# why\nbell = "off"\n\n[rooms.den]\nbell = "off"\n'
  )
  settings.unset('bell', 'den')
  settings.unset('bell', 'lobby')
  settings.unset('bell', 'nowhere')
  settings.unset('nick')
  expect(text()).toBe('# mine\nbell = "all"\n\n[rooms.lobby]\n# why\n')
  expect(settings.get('bell', 'lobby')).toMatchObject({ value: 'all', from: 'file' })
  settings.unset('bell')
  expect(settings.get('bell', 'lobby')).toMatchObject({ value: 'mention', from: 'default' })
  expect(() => settings.unset('belt')).toThrow(expect.objectContaining({ code: 'NO_SETTING' }))
})

test('a value that is written in another way is said to be there still', () => {
  const { settings, text } = settingsOf('"bell" = "all"\n')
  expect(() => settings.unset('bell')).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }))
  expect(text()).toBe('"bell" = "all"\n')
})

test('what another program writes is heard within a second; what cannot be used is not', () => {
  vi.useFakeTimers()
  const { file, settings } = settingsOf('bell = "all"\n')
  const unfollow = settings.follow()
  new Settings(file, {}).set('bell', 'off')
  vi.advanceTimersByTime(1_000)
  expect(settings.get('bell').value).toBe('off')
  writeFileSync(file, 'bell = \n')
  vi.advanceTimersByTime(1_000)
  expect(settings.get('bell').value).toBe('off')
  unfollow()
  expect(vi.getTimerCount()).toBe(0)
})
