import type { IdentityKey, PeerKey, RelayKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { commandNames } from '../wire/bodies/presence.js'
import { laterNaming, type Naming } from './device.js'
import type { Member } from './roster.js'

/** Who we are in the room. */
export interface SelfOptions {
  readonly identity: IdentityKey
  readonly device: PeerKey
  readonly nick: string
  /** True: nobody chose the nick. */
  readonly nickIsDefault?: boolean | undefined
  readonly bot?: boolean | undefined
  /** True: this device stores what it is handed. */
  readonly keeps?: boolean | undefined
  readonly observer?: boolean | undefined
  readonly commands?: readonly string[] | undefined
  readonly instance: Uint8Array
}

/** What we say of ourselves. */
export class Self {
  readonly identity: IdentityKey
  readonly device: PeerKey
  readonly bot: boolean
  readonly keeps: boolean
  /** An observer says nothing. */
  readonly observer: boolean
  readonly instance: Uint8Array
  readonly #nickIsDefault: boolean
  /** What we are called on this device. */
  nick: string
  /** When that was chosen, ms since 1970; 0: it was not. */
  nickSince: Millis = 0
  /** The relay that we run for the members, if we do. */
  relay: RelayKey | undefined
  /** What we obey, as `commandNames` has it; none for a person. */
  commands: readonly string[]

  constructor(options: SelfOptions) {
    this.identity = options.identity
    this.device = options.device
    this.bot = options.bot ?? false
    this.keeps = options.keeps ?? false
    this.observer = options.observer ?? false
    this.instance = options.instance
    this.nick = options.nick
    this.#nickIsDefault = options.nickIsDefault ?? false
    this.commands = this.bot ? commandNames(options.commands ?? []) : []
  }

  /** We are here: a nick that was chosen was chosen now. */
  start(wall: Millis): void {
    if (!this.#nickIsDefault) this.nickSince = Math.max(0, wall)
  }

  /** Our user calls us something else from now on: after this other name, by whichever device. */
  rename(nick: string, wall: Millis, { since }: Naming): void {
    this.nick = nick
    this.nickSince = Math.min(Math.max(wall, since + 1), Number.MAX_SAFE_INTEGER)
  }

  /** What we are called: on this device, or on another one of ours whose user chose later. */
  namingAmong(others: Naming | undefined): Naming {
    const own = { nick: this.nick, since: this.nickSince, device: this.device }
    return others === undefined ? own : laterNaming(own, others)
  }

  /** Our other devices, if there are any, and this one: as one member. */
  with(twins: Member | undefined, naming: Naming | undefined): Member {
    const { bot, identity } = this
    const commands = [...new Set([...this.commands, ...(twins?.commands ?? [])])]
    const devices = [this.device, ...(twins?.devices ?? [])]
    return { identity, nick: this.namingAmong(naming).nick, devices, bot, commands }
  }
}
