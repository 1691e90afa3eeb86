import { expect, test } from 'vitest'
import { isOwnLink } from '../../../src/protocol/presence/heard.js'
import { deviceOf, identityOf } from '../../support/harness.js'
import { numbered } from '../../support/hostile.js'

const message = { author: identityOf('ann') }
const body = { device: deviceOf('ann'), instance: numbered(1) }
const own = { identity: identityOf('ann'), peer: deviceOf('ann'), instance: numbered(1) }

test('the link of a program is that on which its identity, its device and its instance were proved', () => {
  expect(isOwnLink(message, body, own)).toBe(true)
})

test.each([
  ['that is gone', undefined],
  ['of another identity', { ...own, identity: identityOf('eve') }],
  ['of another device', { ...own, peer: deviceOf('sofa') }],
  ['of another program with the same key', { ...own, instance: numbered(2) }],
  ['on which nothing was proved', { ...own, identity: undefined, instance: undefined }],
  ['on which no program was named', { ...own, instance: undefined }]
])('one %s is not', (_, link) => {
  expect(isOwnLink(message, body, link)).toBe(false)
})
