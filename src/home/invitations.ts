import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import b4a from 'b4a'
import { SwarmchatError } from '../base/errors.js'
import { type IdentityKey, type PeerKey, parseId, type Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { type AdmissionState, ticketId } from '../protocol/access/admission.js'
import type { Holder } from '../protocol/wire/bodies/invitation.js'
import { ensureDirectory } from './directory.js'
import { createFile, readIfThere } from './files.js'
import { orNoHome } from './key-file.js'

// An invitation that admits has a directory: what it is, a file for each use, one if it was revoked, and one for each time that it
// came to this home or was handed on. Each is made once, at once and whole, and never written again: so two programs that let in at
// the same time cannot use it more often than it may be, and a use is on the disk before anybody is let in. Nothing of it is secret:
// the seed is in the link alone.

/** An invitation that admits, as its maker keeps it. */
export interface KeptInvitation extends AdmissionState {
  /** The public key of its ticket, 32 bytes. */
  readonly ticket: Uint8Array
  /** True: any member lets in by it, and who came is noted here later. */
  readonly anyone: boolean
  /** The room that it leads to. */
  readonly topic: Topic
  /** What the room is called. */
  readonly room: string
  /** Whose invitation it is. */
  readonly inviter: IdentityKey
  /** The turn in which it came to this home last; undefined: it never did. See `Holder`. */
  readonly held: number | undefined
  /** The turn in which it was handed on last; undefined: it never was. */
  readonly passed: number | undefined
  /** To which device that was. */
  readonly passedTo: PeerKey | undefined
  /** So many have come by it, as far as this home knows: whom it let in itself, and what it was told when its turn came. */
  readonly used: number
  /** So many this home has let in itself. */
  readonly letIn: number
}

/** What an invitation is made of. `held`: 0 for one that is made here; undefined: another device lets in by it. */
export type NewInvitation = Pick<
  KeptInvitation,
  'anyone' | 'expires' | 'held' | 'inviter' | 'room' | 'ticket' | 'topic' | 'uses'
>

/** Most that a home keeps. Guess: nobody needs more at once, and each that counts is a topic that is announced. */
const MAX_INVITATIONS = 64
/** Devices of programs that are remembered to be this home's. Guess: more than run at once. */
const MAX_DEVICES = 256
/** Most uses of one: each is a file. */
export const MAX_USES = 1_000

const LAYOUT =
  /^swarmchat invitation 2\nticket ([0-9a-f]{64})\ntopic ([0-9a-f]{64})\nexpires (\d{1,16})\nuses (\d{1,4})\n(anyone\n)?inviter ([0-9a-f]{64})\nroom (.+)\n$/
const [HELD, PASSED] = ['held', 'passed'] as const
const TURN = /^(held|passed)-(\d{1,5})$/
/** What the file of a use says beside who came, if that was elsewhere. */
const ELSEWHERE = 'elsewhere'

/** TOO_MANY_INVITATIONS: 64 that still count are kept in this home. */
const tooManyInvitations = () =>
  new SwarmchatError('TOO_MANY_INVITATIONS', `${MAX_INVITATIONS} invitations still count.`, {
    hint: 'Revoke some: swarmchat invite list, swarmchat invite revoke <id>'
  })

/** Keeps it; one that counts no more makes place. `wall`: ms since 1970. Throws TOO_MANY_INVITATIONS, NO_HOME, OPEN_HOME. */
export function keepInvitation(home: string, invitation: NewInvitation, wall: Millis): void {
  makePlace(home, wall)
  const { anyone, expires, held, inviter, room, ticket, topic, uses } = invitation
  const directory = directoryOf(home, ticket)
  ensureDirectory(ensureDirectory(home) && allIn(home))
  ensureDirectory(directory)
  const facts = [`ticket ${b4a.toString(ticket, 'hex')}`, `topic ${topic}`, `expires ${expires}`]
  const how = [`uses ${uses}`, ...(anyone ? ['anyone'] : []), `inviter ${inviter}`, `room ${room}`]
  const text = ['swarmchat invitation 2', ...facts, ...how, ''].join('\n')
  if (held !== undefined) markTurn(home, ticket, `${HELD}-${held}`, '')
  const file = join(directory, 'invitation')
  orNoHome(file, () => createFile(file, text))
  tellOthers(home)
}

/** All that are kept, the damaged ones left out. Throws NO_HOME. */
export function keptInvitations(home: string): KeptInvitation[] {
  const directory = allIn(home)
  if (!existsSync(directory)) return []
  return orNoHome(directory, () =>
    readdirSync(directory).flatMap(entry => read(join(directory, entry)) ?? [])
  )
}

/** The file, or directory, that changes whenever an invitation of this home is made or revoked. */
export function invitationsFile(home: string): string {
  return allIn(home)
}

/** True for one by which somebody who was not here yet may come. `wall`: ms since 1970. */
export function isOpen(state: AdmissionState, wall: Millis) {
  const { expires, isRevoked, newcomers, used = 0, uses } = state
  return !isRevoked && wall < expires && (uses === 0 || Math.max(newcomers.length, used) < uses)
}

/** True for one that came to this home, and was not handed on since: this home alone lets in by it. */
export function isHeld({ held = -1, passed = -1 }: KeptInvitation): boolean {
  return held > passed
}

/** It is this home's turn to let in by it, and so many have come before. False if that turn was here before. Throws NO_HOME. */
export function holdInvitation(
  home: string,
  { letIn, ticket }: KeptInvitation,
  { turn, used }: Pick<Holder, 'turn' | 'used'>
): boolean {
  return markTurn(home, ticket, `${HELD}-${turn}`, `${used} ${letIn}\n`)
}

/** It is no more this home's turn, but that device's. False if another program of it has handed it on already. Throws NO_HOME. */
export function passInvitation(
  home: string,
  { held = 0, ticket }: KeptInvitation,
  { device, used }: Pick<Holder, 'device' | 'used'>
): boolean {
  return markTurn(home, ticket, `${PASSED}-${held}`, `${device} ${used}\n`)
}

function markTurn(home: string, ticket: Uint8Array, mark: string, text: string): boolean {
  const file = join(directoryOf(home, ticket), mark)
  return orNoHome(file, () => createFile(file, text))
}

/** A program of this home is in a private room with this device, which is this home's from now on. Throws NO_HOME, OPEN_HOME. */
export function noteDevice(home: string, device: PeerKey): void {
  const directory = devicesIn(home)
  ensureDirectory(ensureDirectory(home) && allIn(home))
  ensureDirectory(directory)
  orNoHome(directory, () => {
    if (!createFile(join(directory, device), '')) touch(join(directory, device))
    const lastUsed = (name: string) => statSync(join(directory, name)).mtimeMs
    const names = readdirSync(directory)
    if (names.length <= MAX_DEVICES) return
    const [oldest = ''] = names.sort((a, b) => lastUsed(a) - lastUsed(b))
    rmSync(join(directory, oldest), { force: true })
  })
}

/** True for a device of this home: what the home holds, a program that has it lets in by as well. */
export function isOfHome(home: string, device: PeerKey): boolean {
  return existsSync(join(devicesIn(home), device))
}

/** Stores that somebody comes by it. False if it was used as often as it may be. Throws NO_HOME. */
export function useInvitation(
  home: string,
  { newcomers, ticket, used, uses }: KeptInvitation,
  newcomer: IdentityKey
): boolean {
  if (newcomers.includes(newcomer)) return true
  // Not all that were here before have a file.
  const most = newcomers.length + uses - used
  return storeUse(home, ticket, `${newcomer}\n`, newcomers.length, most) !== undefined
}

/**
 * Notes who came by it elsewhere, as it was told, and no more of them than `most`: each is a file. The count
 * may pass what it was made for. Gives how many were noted. Throws NO_HOME.
 */
export function noteUses(
  home: string,
  { newcomers, ticket }: KeptInvitation,
  told: readonly IdentityKey[],
  most: number
): number {
  const known = new Set(newcomers)
  const missing = told.filter(newcomer => !known.has(newcomer)).slice(0, most)
  let last: number | undefined = newcomers.length
  for (const [noted, newcomer] of missing.entries()) {
    last = storeUse(home, ticket, `${newcomer}\n${ELSEWHERE}\n`, last, MAX_USES)
    if (last === undefined) return noted
  }
  return missing.length
}

/** The number that it was stored as; undefined if all numbers are taken. */
function storeUse(
  home: string,
  ticket: Uint8Array,
  text: string,
  before: number,
  most: number
): number | undefined {
  const directory = directoryOf(home, ticket)
  for (let use = before + 1; use <= most; use++) {
    const file = join(directory, `use-${use}`)
    if (orNoHome(file, () => createFile(file, text))) return use
  }
  return undefined
}

/** From now on nobody comes by it. Throws NO_HOME. */
export function revokeInvitation(home: string, { ticket }: KeptInvitation): void {
  const file = join(directoryOf(home, ticket), 'revoked')
  orNoHome(file, () => createFile(file, ''))
  tellOthers(home)
}

/** Deletes those that lead to this room. Throws NO_HOME. */
export function deleteInvitations(home: string, topic: Topic): void {
  for (const { ticket } of keptInvitations(home).filter(each => each.topic === topic))
    deleteOne(home, ticket)
}

// Programs of this home look again if the directory has changed: see `invitationsFile`.
function tellOthers(home: string): void {
  orNoHome(allIn(home), () => touch(allIn(home)))
}

function touch(path: string): void {
  const now = new Date()
  utimesSync(path, now, now)
}

function makePlace(home: string, wall: Millis): void {
  const all = keptInvitations(home)
  if (all.length < MAX_INVITATIONS) return
  // What was revoked is needed until it ends: members may have yet to hear of that.
  const isPast = ({ expires }: KeptInvitation) => expires <= wall
  const over = all.find(isPast) ?? all.find(invitation => !isOpen(invitation, wall))
  if (over === undefined) throw tooManyInvitations()
  deleteOne(home, over.ticket)
}

function deleteOne(home: string, ticket: Uint8Array): void {
  const directory = directoryOf(home, ticket)
  orNoHome(directory, () => rmSync(directory, { recursive: true, force: true }))
}

function allIn(home: string): string {
  return join(home, 'invitations')
}

function devicesIn(home: string): string {
  return join(allIn(home), 'devices')
}

function directoryOf(home: string, ticket: Uint8Array): string {
  return join(allIn(home), ticketId(ticket))
}

function read(directory: string): KeptInvitation | undefined {
  const [, ticket = '', topic = '', expires, uses, anyone, inviter = '', room] =
    LAYOUT.exec(readIfThere(join(directory, 'invitation')) ?? '') ?? []
  const [parsed, whose] = [parseId<Topic>(topic), parseId<IdentityKey>(inviter)]
  if (parsed === undefined || whose === undefined || room === undefined) return undefined
  const isRevoked = existsSync(join(directory, 'revoked'))
  const terms = { expires: Number(expires), uses: Number(uses), isRevoked }
  const what = { ticket: b4a.from(ticket, 'hex'), topic: parsed, room, inviter: whose }
  return { ...what, anyone: anyone !== undefined, ...terms, ...fateOf(directory) }
}

/** Whose turn it was, and who came. */
function fateOf(directory: string) {
  const { letIn, newcomers } = usesIn(directory)
  const [held, passed] = [lastTurn(directory, HELD), lastTurn(directory, PASSED)]
  const [before = 0, letInBefore = 0] = markOf(directory, HELD, held).map(Number)
  const [device = '', usedThen = 0] = markOf(directory, PASSED, passed)
  const used = Math.max(newcomers.length, before + letIn - letInBefore, Number(usedThen))
  const passedTo = parseId<PeerKey>(device)
  return { held, passed, passedTo, newcomers, letIn, used }
}

function markOf(directory: string, what: string, turn: number | undefined): string[] {
  return (readIfThere(join(directory, `${what}-${turn}`)) ?? '').trim().split(' ')
}

function lastTurn(directory: string, what: string): number | undefined {
  let last: number | undefined
  for (const name of readdirSync(directory)) {
    const [, mark, turn] = TURN.exec(name) ?? []
    if (mark === what && Number(turn) >= (last ?? 0)) last = Number(turn)
  }
  return last
}

// A use whose file cannot be read is one.
function usesIn(directory: string): Pick<KeptInvitation, 'letIn' | 'newcomers'> {
  const newcomers: IdentityKey[] = []
  let letIn = 0
  for (let use = 1; use <= MAX_USES; use++) {
    const text = readIfThere(join(directory, `use-${use}`))
    if (text === undefined) break
    const [newcomer = '', where] = text.split('\n')
    newcomers.push(parseId<IdentityKey>(newcomer) ?? ('' as IdentityKey))
    if (where !== ELSEWHERE) letIn += 1
  }
  return { letIn, newcomers }
}
