import { createHash } from 'node:crypto'
import { idFromBytes, type MessageId } from '../../src/base/ids.js'
import { RECONCILE_FRAME_BYTES } from '../../src/protocol/config.js'
import {
  type Item,
  type ItemSet,
  Reconciler
} from '../../src/protocol/history/reconcile/reconcile.js'

/** An id that looks random and is the same in every run. */
export function idOf(number: number): MessageId {
  return idFromBytes(createHash('sha256').update(`item ${number}`).digest())
}

/** The ids as one sorted text, for comparing sets. */
export const sorted = (ids: Iterable<string>) => [...ids].sort()

export interface Exchange {
  readonly have: MessageId[]
  readonly need: MessageId[]
  /** Every message, in turns, the initiator's first. */
  readonly messages: Uint8Array[]
  /** Questions that got an answer. */
  readonly roundTrips: number
  readonly bytes: number
  /** What one side spent on it, whichever spent more. */
  readonly work: number
}

export interface ExchangeOptions {
  readonly frameSizeLimit?: number
  readonly since?: number
  /** The other side's mark. */
  readonly theirSince?: number
}

/** Runs a whole exchange over a perfect wire; throws where a side refuses, which honest sides never do. */
export function exchange(ours: ItemSet, theirs: ItemSet, options: ExchangeOptions = {}): Exchange {
  const initiator = new Reconciler(ours, { initiator: true, ...options })
  const { frameSizeLimit = RECONCILE_FRAME_BYTES, theirSince = 0 } = options
  const responder = new Reconciler(theirs, {
    initiator: false,
    frameSizeLimit,
    since: theirSince
  })
  const [have, need]: [MessageId[], MessageId[]] = [[], []]
  const messages: Uint8Array[] = []
  const work = [0, 0] as [number, number]
  for (let question: Uint8Array | undefined = initiator.open(); question !== undefined; ) {
    const { reply, work: theirWork } = accept(responder.answer(question))
    if (reply === undefined) throw new Error('a responder always answers')
    const answer = accept(initiator.answer(reply))
    work[0] += answer.work
    work[1] += theirWork
    have.push(...answer.have)
    need.push(...answer.need)
    messages.push(question, reply)
    question = answer.reply
  }
  const bytes = messages.reduce((sum, message) => sum + message.byteLength, 0)
  const roundTrips = messages.length / 2
  return { have, need, messages, roundTrips, bytes, work: Math.max(...work) }
}

function accept(answer: ReturnType<Reconciler['answer']>) {
  if (!answer.ok) throw new Error(`refused: ${answer.reason}`)
  return answer
}

/** What is in a and not in b. */
export function difference(a: readonly Item[], b: readonly Item[]): MessageId[] {
  const known = new Set(b.map(item => item.id))
  return [...new Set(a.map(item => item.id))].filter(id => !known.has(id))
}
