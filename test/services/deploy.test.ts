import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import Bootstrap from '../../src/commands/bootstrap.js'

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../docs/deploy/${name}`, import.meta.url)), 'utf8')

test.each(['swarmchat-bootstrap.service', 'Dockerfile', 'README.md'])(
  '%s gives swarmchat bootstrap no flag that it does not have',
  name => {
    const lines = read(name)
      .split('\n')
      .filter(line => /swarmchat bootstrap|BOOTSTRAP_FLAGS|"bootstrap"/.test(line))
    const flags = lines.flatMap(line => line.match(/(?<=--)[a-z-]+/g) ?? [])
    expect(flags.length).toBeGreaterThan(0)
    for (const flag of flags) expect(Object.keys(Bootstrap.flags)).toContain(flag)
  }
)
