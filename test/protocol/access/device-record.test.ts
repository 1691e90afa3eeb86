import { describe, expect, test } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import {
  CARD_RECORD_BYTES,
  cardTarget,
  openCardRecord,
  sealCardRecord
} from '../../../src/protocol/access/card-record.js'
import {
  DEVICE_RECORD_BYTES,
  openDeviceRecord,
  type RecordPlace,
  sealDeviceRecord,
  sealEmptyRecord
} from '../../../src/protocol/access/device-record.js'
import { roomSecretFromName, topicOf } from '../../../src/protocol/access/room-secret.js'
import { deviceOf, EPOCH, identityOf, keysOf, SECRET, TOPIC } from '../../support/harness.js'

const MINUTE = 60_000
const NONCE = new Uint8Array(24)
const ANN = keysOf('identity ann')

const place = (device: PeerKey, roomSecret = SECRET): RecordPlace => ({
  roomSecret,
  topic: topicOf(roomSecret),
  device
})
const HERE = place(deviceOf('ann'))
const said = { nick: 'ann', since: EPOCH - MINUTE, at: EPOCH }
const sealed = sealDeviceRecord(said, ANN, HERE, NONCE)

describe('the record of a device', () => {
  test('tells members who has it, and since when', () => {
    expect(openDeviceRecord(sealed, HERE, EPOCH)).toEqual({ ...said, identity: identityOf('ann') })
  })

  test('has one length, whatever it says, and says nothing to a stranger [M61]', () => {
    const long = sealDeviceRecord({ ...said, nick: 'n'.repeat(64) }, ANN, HERE, NONCE)
    const none = sealDeviceRecord({ ...said, nick: '' }, ANN, HERE, NONCE)
    const empty = sealEmptyRecord(EPOCH, HERE, NONCE)
    for (const bytes of [sealed, long, none, empty]) {
      expect(bytes).toHaveLength(DEVICE_RECORD_BYTES)
      const text = Buffer.from(bytes).toString('latin1')
      for (const secret of ['ann', 'nnn', Buffer.from(ANN.publicKey).toString('latin1')])
        expect(text).not.toContain(secret)
    }
    expect(DEVICE_RECORD_BYTES).toBeLessThan(1_000)
    expect(openDeviceRecord(long, HERE, EPOCH)?.nick).toBe('n'.repeat(64))
    expect(TOPIC).toBe(HERE.topic)
  })

  test('says nothing after its device left', () => {
    expect(openDeviceRecord(sealEmptyRecord(EPOCH, HERE, NONCE), HERE, EPOCH)).toBeUndefined()
  })

  test('is passed over if it is of another room, of another device, or forged [M62]', () => {
    const elsewhere = place(HERE.device, roomSecretFromName('elsewhere'))
    expect(openDeviceRecord(sealed, elsewhere, EPOCH)).toBeUndefined()
    expect(openDeviceRecord(sealed, place(deviceOf('bob')), EPOCH)).toBeUndefined()
    for (let at = 0; at < sealed.length; at += 7) {
      const forged = Uint8Array.from(sealed)
      forged[at] = (forged[at] ?? 0) ^ 1
      expect(openDeviceRecord(forged, HERE, EPOCH)).toBeUndefined()
    }
  })

  test('that a member seals in the name of somebody else is passed over [M62]', () => {
    const eve = keysOf('identity eve')
    const ours = { publicKey: ANN.publicKey, secretKey: eve.secretKey }
    expect(openDeviceRecord(sealDeviceRecord(said, ours, HERE, NONCE), HERE, EPOCH)).toBeUndefined()
  })

  test('is passed over if it is older than an hour, dated ahead, shorter or longer [M62]', () => {
    expect(openDeviceRecord(sealed, HERE, EPOCH + 60 * MINUTE)).toBeDefined()
    expect(openDeviceRecord(sealed, HERE, EPOCH + 60 * MINUTE + 1)).toBeUndefined()
    expect(openDeviceRecord(sealed, HERE, EPOCH - 5 * MINUTE)).toBeDefined()
    expect(openDeviceRecord(sealed, HERE, EPOCH - 5 * MINUTE - 1)).toBeUndefined()
    for (const bytes of [sealed.subarray(1), Buffer.concat([sealed, NONCE]), new Uint8Array(0)])
      expect(openDeviceRecord(bytes, HERE, EPOCH)).toBeUndefined()
  })
})

describe('the record of a card', () => {
  const card = { title: 'The lobby', description: 'For all.', rules: 'Be kind.\nNo spam.' }
  const longest = {
    title: 't'.repeat(64),
    description: 'd'.repeat(255),
    rules: 'r'.repeat(600)
  }
  const bytes = sealCardRecord(card, SECRET)

  test('tells members what the room is, and is the same whoever seals it', () => {
    expect(openCardRecord(bytes, SECRET)).toEqual(card)
    expect(openCardRecord(sealCardRecord(longest, SECRET), SECRET)).toEqual(longest)
    expect(sealCardRecord({ ...card }, SECRET)).toEqual(bytes)
    expect(cardTarget(bytes)).toHaveLength(32)
  })

  test('has one length, whatever it says, and says nothing to a stranger [M93]', () => {
    const none = sealCardRecord({ title: '', description: '', rules: '' }, SECRET)
    for (const each of [bytes, none, sealCardRecord(longest, SECRET)]) {
      expect(each).toHaveLength(CARD_RECORD_BYTES)
      for (const said of ['lobby', 'kind', 'ttt'])
        expect(Buffer.from(each).toString('latin1')).not.toContain(said)
    }
    expect(CARD_RECORD_BYTES).toBeLessThan(1_000)
    const elsewhere = sealCardRecord(card, roomSecretFromName('elsewhere'))
    expect(cardTarget(elsewhere)).not.toEqual(cardTarget(bytes))
  })

  test('is passed over if it is of another room, altered, shorter or longer [M94]', () => {
    expect(openCardRecord(bytes, roomSecretFromName('elsewhere'))).toBeUndefined()
    for (let at = 0; at < bytes.length; at += 41) {
      const altered = Uint8Array.from(bytes)
      altered[at] = (altered[at] ?? 0) ^ 1
      expect(openCardRecord(altered, SECRET)).toBeUndefined()
    }
    for (const other of [bytes.subarray(1), Buffer.concat([bytes, NONCE]), new Uint8Array(0)])
      expect(openCardRecord(other, SECRET)).toBeUndefined()
  })
})
