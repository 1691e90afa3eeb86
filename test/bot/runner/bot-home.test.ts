import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { nameOf, openBotHome } from '../../../src/bot/runner/bot-home.js'
import { runBot } from '../../../src/bot/runner/run-bot.js'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  vi.stubEnv('SWARMCHAT_HOME', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function open(name: string, identity?: string) {
  const opened = openBotHome(name, identity)
  onTestFinished(opened.release)
  return opened
}

describe('the home of a bot', () => {
  it.each(['..', '.', '.x', '', '-x', 'a b', 'a\0', 'x'.repeat(65)])(
    'is never outside bots/, nor hidden there: %j',
    name => {
      expect(() => openBotHome(name, undefined)).toThrow(
        expect.objectContaining({ code: 'BAD_BOT_NAME', exitCode: 2 })
      )
      expect(() => openBotHome('dice', name)).toThrow(
        expect.objectContaining({ code: 'BAD_BOT_NAME' })
      )
      expect(readdirSync(home)).toEqual([])
    }
  )

  it.each(['.x.mjs', '...mjs', '..'])('is not that of a script called %s', script => {
    expect(() => openBotHome(nameOf(script), undefined)).toThrow(
      expect.objectContaining({ code: 'BAD_BOT_NAME' })
    )
  })

  it("is its owner's alone, with its cache", () => {
    const { cache, directory } = open('dice')
    expect(directory).toBe(join(home, 'bots', 'dice'))
    for (const path of [directory, cache]) expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it('serves one process at a time', () => {
    const { identity } = open('dice')
    expect(() => openBotHome('dice', undefined)).toThrow(
      expect.objectContaining({ code: 'BOT_RUNNING' })
    )
    expect(open('other').identity.key).not.toBe(identity.key)
  })

  it('is free again if the identity cannot be read', () => {
    expect(() => openBotHome('dice', join(home, 'bots'))).toThrow()
    expect(open('dice').name).toBe('dice')
  })
})

it('a program that is run with two nicks is two bots', async () => {
  const files: string[] = []
  const openIdentity = (file: string) => {
    files.push(file)
    return Promise.reject(new Error('that is known now'))
  }
  const about = { rooms: [], networks: { mode: 'local' }, bots: false, missed: false } as const
  const rest = { grace: 0, interrupted: AbortSignal.abort(), openIdentity }
  const code = { type: 'program', command: ['jq', '-c', '.'] } as const
  const log = { output: process.stderr, json: true }
  for (const nick of ['shout', 'whisper'])
    await expect(runBot({ ...about, ...rest, code, log, nick })).rejects.toThrow('known now')
  expect(files).toEqual(['shout', 'whisper'].map(name => join(home, 'bots', name, 'identity')))
})
