import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import b4a from 'b4a'
import { SwarmchatError } from '../base/errors.js'
import { type IdentityKey, parseId, type Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { type AdmissionState, ticketId, ticketOf } from '../protocol/access/admission.js'
import { ensureDirectory } from './directory.js'
import { createFile, readIfThere } from './files.js'
import { orNoHome } from './key-file.js'

// An invitation that admits has a directory: what it is, a file for each use, and one if it was revoked. Each is made once,
// at once and whole, and never written again: so two programs that let in at the same time cannot use it more often than it may be,
// and a use is on the disk before anybody is let in.

/** An invitation that admits, as its maker keeps it. */
export interface KeptInvitation extends AdmissionState {
  /** 16 bytes. */
  readonly seed: Uint8Array
  /** True: any member lets in by it, and who came is noted here later. */
  readonly anyone: boolean
  /** The room that it leads to. */
  readonly topic: Topic
  /** What the room is called. */
  readonly room: string
}

/** What an invitation is made of. */
export type NewInvitation = Omit<KeptInvitation, 'isRevoked' | 'newcomers'>

/** Most that a home keeps. Guess: nobody needs more at once, and each that counts is a topic that is announced. */
const MAX_INVITATIONS = 64
/** Most uses of one: each is a file. */
export const MAX_USES = 1_000
/** Uses that are noted at once: each waits for the disk, some ms, and members may tell of any number. Guess. */
const NOTED_AT_ONCE = 16

const LAYOUT =
  /^swarmchat invitation 1\nseed ([0-9a-f]{32})\ntopic ([0-9a-f]{64})\nexpires (\d{1,16})\nuses (\d{1,4})\n(anyone\n)?room (.+)\n$/

/** TOO_MANY_INVITATIONS: 64 that still count are kept in this home. */
const tooManyInvitations = () =>
  new SwarmchatError('TOO_MANY_INVITATIONS', `${MAX_INVITATIONS} invitations still count.`, {
    hint: 'Revoke some: swarmchat invite list, swarmchat invite revoke <id>'
  })

/** Keeps it; one that counts no more makes place. `wall`: ms since 1970. Throws TOO_MANY_INVITATIONS, NO_HOME, OPEN_HOME. */
export function keepInvitation(home: string, invitation: NewInvitation, wall: Millis): void {
  makePlace(home, wall)
  const { anyone, expires, room, seed, topic, uses } = invitation
  const directory = directoryOf(home, seed)
  ensureDirectory(ensureDirectory(home) && allIn(home))
  ensureDirectory(directory)
  const facts = [`seed ${b4a.toString(seed, 'hex')}`, `topic ${topic}`, `expires ${expires}`]
  const how = [`uses ${uses}`, ...(anyone ? ['anyone'] : []), `room ${room}`]
  const text = ['swarmchat invitation 1', ...facts, ...how, ''].join('\n')
  const file = join(directory, 'invitation')
  orNoHome(file, () => createFile(file, text))
}

/** All that are kept, the damaged ones left out. Throws NO_HOME. */
export function keptInvitations(home: string): KeptInvitation[] {
  const directory = allIn(home)
  if (!existsSync(directory)) return []
  return orNoHome(directory, () =>
    readdirSync(directory).flatMap(entry => read(join(directory, entry)) ?? [])
  )
}

/** True for one by which somebody who was not here yet may come. `wall`: ms since 1970. */
export function isOpen({ expires, isRevoked, newcomers, uses }: AdmissionState, wall: Millis) {
  return !isRevoked && wall < expires && (uses === 0 || newcomers.length < uses)
}

/** Stores that somebody comes by it. False if it was used as often as it may be. Throws NO_HOME. */
export function useInvitation(
  home: string,
  { newcomers, seed, uses }: KeptInvitation,
  newcomer: IdentityKey
): boolean {
  return newcomers.includes(newcomer) || storeUse(home, seed, newcomer, newcomers.length, uses)
}

/**
 * Notes who came by one that any member lets in by, as it was told, 16 at once: the count may pass what it was made for. Throws
 * NO_HOME.
 */
export function noteUses(
  home: string,
  { newcomers, seed }: KeptInvitation,
  told: readonly IdentityKey[]
): void {
  const known = new Set(newcomers)
  const news = told.filter(newcomer => !known.has(newcomer)).slice(0, NOTED_AT_ONCE)
  for (const [at, newcomer] of news.entries())
    storeUse(home, seed, newcomer, newcomers.length + at, MAX_USES)
}

function storeUse(
  home: string,
  seed: Uint8Array,
  newcomer: IdentityKey,
  before: number,
  most: number
): boolean {
  const directory = directoryOf(home, seed)
  for (let use = before + 1; use <= most; use++) {
    const file = join(directory, `use-${use}`)
    if (orNoHome(file, () => createFile(file, `${newcomer}\n`))) return true
  }
  return false
}

/** From now on nobody comes by it. Throws NO_HOME. */
export function revokeInvitation(home: string, { seed }: KeptInvitation): void {
  const file = join(directoryOf(home, seed), 'revoked')
  orNoHome(file, () => createFile(file, ''))
}

/** Deletes those that lead to this room. Throws NO_HOME. */
export function deleteInvitations(home: string, topic: Topic): void {
  for (const { seed } of keptInvitations(home).filter(each => each.topic === topic))
    deleteOne(home, seed)
}

function makePlace(home: string, wall: Millis): void {
  const all = keptInvitations(home)
  if (all.length < MAX_INVITATIONS) return
  const over = all.find(invitation => !isOpen(invitation, wall))
  if (over === undefined) throw tooManyInvitations()
  deleteOne(home, over.seed)
}

function deleteOne(home: string, seed: Uint8Array): void {
  const directory = directoryOf(home, seed)
  orNoHome(directory, () => rmSync(directory, { recursive: true, force: true }))
}

function allIn(home: string): string {
  return join(home, 'invitations')
}

function directoryOf(home: string, seed: Uint8Array): string {
  return join(allIn(home), ticketId(ticketOf(seed).publicKey))
}

function read(directory: string): KeptInvitation | undefined {
  const [, seed = '', topic = '', expires, uses, anyone, room] =
    LAYOUT.exec(readIfThere(join(directory, 'invitation')) ?? '') ?? []
  const parsed = parseId<Topic>(topic)
  if (parsed === undefined || room === undefined) return undefined
  const isWish = anyone !== undefined
  const newcomers = usesIn(directory, isWish ? MAX_USES : Math.min(Number(uses), MAX_USES))
  const isRevoked = existsSync(join(directory, 'revoked'))
  const terms = { expires: Number(expires), uses: Number(uses), isRevoked, newcomers }
  return { seed: b4a.from(seed, 'hex'), topic: parsed, room, anyone: isWish, ...terms }
}

// A use whose file cannot be read is one.
function usesIn(directory: string, most: number): IdentityKey[] {
  const newcomers: IdentityKey[] = []
  for (let use = 1; use <= most; use++) {
    const text = readIfThere(join(directory, `use-${use}`))
    if (text === undefined) break
    newcomers.push(parseId<IdentityKey>(text.trim()) ?? ('' as IdentityKey))
  }
  return newcomers
}
