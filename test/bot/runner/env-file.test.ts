import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { environment, warningAbout } from '../../../src/bot/runner/env-file.js'

function envFile(content: string | Buffer, mode = 0o600): string {
  const file = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'env')
  writeFileSync(file, content)
  chmodSync(file, mode)
  return file
}

describe('a file of variables', () => {
  it('may begin with a byte order mark', () => {
    expect(environment(envFile('\u{FEFF}FIRST=1\nSECOND=2\n'))).toMatchObject({
      FIRST: '1',
      SECOND: '2'
    })
  })

  it('is refused in UTF-16, which is said', () => {
    const file = envFile(Buffer.from('\u{FEFF}FIRST=1\n', 'utf16le'))
    expect(() => environment(file)).toThrow(/UTF-16/)
  })

  it.each([0o644, 0o640, 0o604, 0o602])('is told of if others can use it: %o', mode => {
    expect(warningAbout(envFile('TOKEN=abc\n', mode))).toMatch(/chmod 600/)
  })

  it('is not told of if nobody else can', () => {
    expect(warningAbout(envFile('TOKEN=abc\n'))).toBeUndefined()
  })
})
