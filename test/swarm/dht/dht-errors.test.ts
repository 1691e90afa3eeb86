import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { peerSilent } from '../../../src/swarm/connections/liveness.js'
import {
  explainDhtError,
  KNOWN_DHT_CODES,
  meaningOf,
  meaningsTable
} from '../../../src/swarm/dht/dht-errors.js'
import { oneSidedOpen } from '../../../src/swarm/dial/confirm.js'
import { noAnswer } from '../../../src/swarm/dial/dialling.js'
import { portTaken } from '../../../src/swarm/hub/hub-client.js'
import { noLan } from '../../../src/swarm/hub/lan-hub.js'
import { dhtOffline, nameUnknown } from '../../../src/swarm/networks/dht-network.js'
import { hubSilent } from '../../../src/swarm/networks/network-base.js'

const PAGE = fileURLToPath(new URL('../../../docs/networks.md', import.meta.url))
const TABLE = /(<!-- errors:[^\n]*-->\n)[\s\S]*(<!-- \/errors -->)/
const require = createRequire(import.meta.url)

/** The codes that a package's errors.js makes: found by calling what it exports. */
function codesOf(path: string): string[] {
  const text = readFileSync(require.resolve(path), 'utf8')
  return [...new Set(text.match(/\b[A-Z]+(?:_[A-Z]+)+\b|\bSUSPENDED\b/g))]
}

// Those of FACTS.md (measured), and of the page of hyperdht's own.
const MEASURED = ['PEER_NOT_FOUND', 'PEER_CONNECTION_FAILED', 'HOLEPUNCH_ABORTED', 'ETIMEDOUT']
const NAMED = ['HOLEPUNCH_DOUBLE_RANDOMIZED_NATS', 'REMOTE_NOT_HOLEPUNCHABLE', 'CANNOT_HOLEPUNCH']

test('every code of hyperdht, dht-rpc and blind-relay, and every one that was measured, has a meaning', () => {
  const packages = ['hyperdht', 'dht-rpc', 'blind-relay']
  const codes = packages.flatMap(name => codesOf(`${name}/lib/errors.js`))
  expect(codes.length).toBeGreaterThan(20)
  for (const code of [...codes, ...MEASURED, ...NAMED]) expect(KNOWN_DHT_CODES).toContain(code)
})

test('each meaning is a sentence, and says what to do', () => {
  for (const code of KNOWN_DHT_CODES) {
    const { hint = '', sentence = '' } = meaningOf(code) ?? {}
    expect(sentence, code).toMatch(/^[A-Z].*\.$/)
    expect(hint, code).toMatch(/^[A-Z].*[.?)]$/)
  }
  expect(meaningOf('toString')).toBeUndefined()
})

test('our own codes mean what they say', () => {
  for (const error of [oneSidedOpen(), peerSilent(), noAnswer()]) {
    expect(meaningOf(error.code)).toEqual({ sentence: error.message, hint: error.hint })
  }
})

test('what keeps a network offline has a code of the table, and its hint', () => {
  const address = { host: '127.0.0.1', port: 28787 }
  const problems = [
    dhtOffline(),
    nameUnknown('dht.example', 'ENOTFOUND'),
    nameUnknown('dht.example', 'EAI_AGAIN'),
    noLan(),
    portTaken(28787),
    hubSilent(address),
    explainDhtError(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
  ]
  for (const { code, hint, message } of problems) {
    expect(meaningOf(code)?.hint, code).toBe(hint)
    expect(message).not.toBe('')
  }
  expect(nameUnknown('dht.example', 'EAI_AGAIN').message).toContain('dht.example')
  // A code that no system here knows.
  expect(nameUnknown('dht.example', 'ENEW')).toMatchObject({ code: 'ENOTFOUND' })
})

test('docs/networks.md shows the very table', () => {
  const page = readFileSync(PAGE, 'utf8')
  const wanted = page.replace(TABLE, (_, begin, end) => `${begin}\n${meaningsTable()}\n\n${end}`)
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, wanted)
  else expect(page).toBe(wanted)
  expect(wanted).toContain(meaningsTable())
})

test('an unknown error keeps its own words', () => {
  expect(explainDhtError(new Error('boom'))).toMatchObject({ code: 'DHT_ERROR' })
  expect(explainDhtError(Object.assign(new Error('boom'), { code: 'NEW' })).message).toMatch(/boom/)
})
