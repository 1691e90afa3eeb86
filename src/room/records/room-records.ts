import { randomBytes } from 'node:crypto'
import { CIPHER_NONCE_BYTES } from '../../base/crypto.js'
import { idToBytes, type PeerKey, type Topic } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Identity } from '../../home/identity.js'
import { sealCardRecord, targetOfCard } from '../../protocol/access/card-record.js'
import {
  type DeviceRecord,
  openDeviceRecord,
  sealDeviceRecord,
  sealEmptyRecord
} from '../../protocol/access/device-record.js'
import type { CardTexts } from '../../protocol/wire/bodies/room-card.js'
import type { Network } from '../../swarm/networks/network.js'
import { isStored, putValue, readRecord } from '../../swarm/records.js'

/** What devices say of themselves in the DHT, as the members of one room read and write it. */
export class RoomRecords {
  readonly #room: { readonly roomSecret: Uint8Array; readonly topic: Topic }
  readonly #identity: Identity

  constructor(
    room: { readonly roomSecret: Uint8Array; readonly topic: Topic },
    identity: Identity
  ) {
    this.#room = room
    this.#identity = identity
  }

  /** The value that says who has this device of ours, since when, and that it was so at `at`. */
  seal(device: PeerKey, said: Omit<DeviceRecord, 'identity'>): Uint8Array {
    const place = { ...this.#room, device }
    return sealDeviceRecord(said, this.#identity.keyPair, place, randomBytes(CIPHER_NONCE_BYTES))
  }

  /** The value that says nothing: we have left. */
  sealEmpty(device: PeerKey, at: Millis): Uint8Array {
    return sealEmptyRecord(at, { ...this.#room, device }, randomBytes(CIPHER_NONCE_BYTES))
  }

  /** Asks the DHT who has a device; undefined where it says nothing, or nothing of the last hour. */
  async read(
    networks: readonly Network[],
    device: PeerKey,
    wall: Millis
  ): Promise<DeviceRecord | undefined> {
    const record = await readRecord(networks, idToBytes(device))
    return record && openDeviceRecord(record.value, { ...this.#room, device }, wall)
  }
  /** Stores the room's card in the DHT, for those whom an invitation leads to it. */
  async storeCard(networks: readonly Network[], card: CardTexts): Promise<void> {
    await putValue(networks, sealCardRecord(card, this.#room.roomSecret))
  }

  /** Whether the DHT has this card, on all networks that are online. */
  async hasCard(networks: readonly Network[], card: CardTexts): Promise<boolean> {
    return isStored(networks, targetOfCard(card, this.#room.roomSecret))
  }
}
