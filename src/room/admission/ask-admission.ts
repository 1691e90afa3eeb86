import { onAborted } from '../../async/until-aborted.js'
import { SwarmchatError } from '../../base/errors.js'
import { idToBytes } from '../../base/ids.js'
import {
  anIdentity,
  aSignal,
  type Checks,
  checkedLater,
  checkOptions,
  numberFrom
} from '../../base/options.js'
import { MAX_TIMER_MILLIS, type Millis } from '../../base/time.js'
import { type Identity, loadIdentity } from '../../home/identity.js'
import {
  admissionTopic,
  askAdmission,
  openAnswer,
  type ReadAnswer,
  ticketOf,
  type Verdict
} from '../../protocol/access/admission.js'
import type { Invitation, Ticket } from '../../protocol/access/invitation-link.js'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import { networksFromEnvironment } from '../../swarm/networks/environment.js'
import type { NetworkSpec } from '../../swarm/networks/open.js'
import { Swarm } from '../../swarm/swarm.js'
import { systemClock } from '../clock.js'
import { leaseOf } from '../network-lease.js'
import { readInvitation, ticketIn } from './invitation.js'

/** How long, and as whom, it is asked. */
export interface AskingOptions {
  /** Who is let in. */
  readonly identity: Identity
  readonly networks: NetworkSpec
  readonly timeout: Millis
  /** So long somebody who was found may take to answer. Default 10 s. For tests. */
  readonly answerMillis?: Millis | undefined
  /** Gives up. */
  readonly signal: AbortSignal
}

/**
 * So long somebody who was found may take to answer: who says nothing keeps no place. Guess: many round trips, and a use that is put on
 * a busy disk.
 */
const ANSWER_MILLIS: Millis = 10_000

/** An answer is so long at most, with what the stream adds. */
const MAX_ANSWER_BYTES = 256

const REFUSALS: Readonly<Record<Exclude<Verdict, 'granted'>, string>> = {
  expired: 'it has expired',
  'used-up': 'it was used as often as it may be',
  revoked: 'whoever made it has revoked it'
}

/** NOT_ADMITTED: an invitation does not let in any more; `facts.verdict` says why: expired, used-up, revoked. Exit code 1. */
const notAdmitted = (verdict: Exclude<Verdict, 'granted'>, isSure = true) => {
  const why = `${REFUSALS[verdict]}${isSure ? '' : ', as a member says'}`
  return new SwarmchatError('NOT_ADMITTED', `That invitation does not let you in: ${why}.`, {
    hint: 'Ask for a new one.',
    exitCode: 1,
    facts: { verdict }
  })
}

/** A refusal that anybody with the link could make up counts after so long, if nobody else has let in. Guess: a few dials. */
const HEARSAY_MILLIS: Millis = 5_000

/** NOBODY_ADMITS: whoever may let in was not there, in the time that there was. Exit code 1. */
const nobodyAdmits = (seconds: number, { commitment }: Pick<Ticket, 'commitment'>) =>
  new SwarmchatError('NOBODY_ADMITS', `Nobody who can let you in was there within ${seconds} s.`, {
    hint:
      commitment === undefined
        ? 'Whoever invited you must be in the room (swarmchat join), on the device of theirs that lets in by it and on the same network. Ask them, and try again then.'
        : 'Whoever invited you, or a member who has heard of the invitation, must be in the room (swarmchat join), on the same network. Try again then.',
    exitCode: 1
  })

/** How somebody comes by an invitation. */
export interface RedeemOptions {
  /** Who comes. Default: the identity kept in the home directory. */
  readonly identity?: Identity | undefined
  /** Default: as of `Room.open`. */
  readonly networks?: NetworkSpec | undefined
  /** So long it is asked to be let in, in ms. Default 60,000. */
  readonly timeout?: Millis | undefined
  /** Gives up. Default: never. */
  readonly signal?: AbortSignal | undefined
}

const CHECKS: Checks<RedeemOptions> = {
  identity: anIdentity,
  networks: checkedLater,
  timeout: numberFrom(0),
  signal: aSignal
}

/** So long it is asked to be let in. Guess: whoever made the invitation has begun to chat meanwhile. */
const ADMISSION_MILLIS: Millis = 60_000

/**
 * What an invitation leads to, as it was pasted: if its link carries no secret, whoever lets in is asked. Rejects with BAD_OPTION,
 * BAD_NETWORK, BAD_INVITATION, NOT_ADMITTED, NOBODY_ADMITS, AbortError when the signal fires, and with what `loadIdentity` throws.
 */
export async function redeemInvitation(
  link: string,
  options: RedeemOptions = {}
): Promise<Invitation> {
  checkOptions('redeemInvitation', options, CHECKS)
  const { identity, networks, signal, timeout = ADMISSION_MILLIS } = options
  const ticket = ticketIn(link)
  if (ticket === undefined) return readInvitation(link)
  return redeem(ticket, {
    identity: identity ?? loadIdentity(),
    networks: networks ?? networksFromEnvironment(),
    timeout,
    signal: signal ?? new AbortController().signal
  })
}

/**
 * Asks whoever lets in by an invitation to be let in. Gives what leads to the room. Rejects with NOT_ADMITTED, NOBODY_ADMITS, and with
 * AbortError when the signal fires.
 */
export async function redeem(ticket: Ticket, options: AskingOptions): Promise<Invitation> {
  const { networks, signal, timeout } = options
  if (ticket.expires <= systemClock.wall()) throw notAdmitted('expired')
  signal.throwIfAborted()
  const over = AbortSignal.timeout(Math.min(Math.ceil(timeout), MAX_TIMER_MILLIS))
  const lease = leaseOf(networks)
  const swarm = new Swarm({
    networks: lease.networks,
    keepNetworks: true,
    maxMessageBytes: MAX_ANSWER_BYTES
  })
  try {
    const answer = await answered(swarm, ticket, options, AbortSignal.any([signal, over]))
    if (answer.verdict !== 'granted') throw notAdmitted(answer.verdict, answer.isSure)
    const { card, name } = ticket
    return { name, secret: answer.secret, ...(card && { card }) }
  } catch (thrown) {
    throw over.aborted && !signal.aborted ? nobodyAdmits(timeout / 1000, ticket) : thrown
  } finally {
    await swarm.destroy()
    await lease.release()
  }
}

function answered(
  swarm: Swarm,
  ticket: Ticket,
  { answerMillis = ANSWER_MILLIS, identity }: AskingOptions,
  signal: AbortSignal
): Promise<ReadAnswer> {
  const { publicKey } = ticketOf(ticket.seed)
  return new Promise((resolve, reject) => {
    const take = (answer: ReadAnswer) => {
      if (answer.isSure) resolve(answer)
      else setTimeout(resolve, HEARSAY_MILLIS, answer).unref()
    }
    onAborted(signal, () => reject(signal.reason))
    swarm.on('connection', stream => {
      const late = setTimeout(() => stream.destroy(), answerMillis)
      stream.once('close', () => clearTimeout(late))
      ask(stream, ticket, identity, take)
    })
    swarm.join(idToBytes(admissionTopic(publicKey)), { server: false, client: true })
  })
}

// Anybody who has the link can be found there: see `openAnswer`.
function ask(
  stream: SecretStream,
  link: Ticket,
  identity: Identity,
  onanswer: (answer: ReadAnswer) => void
): void {
  const { handshakeHash } = stream
  if (handshakeHash === null) return void stream.destroy()
  const ticket = ticketOf(link.seed)
  const meeting = { ticket: ticket.publicKey, handshakeHash }
  stream.once('data', bytes => {
    const answer = openAnswer(bytes, link, meeting)
    stream.destroy()
    if (answer !== undefined) onanswer(answer)
  })
  stream.write(askAdmission(identity.keyPair, ticket, handshakeHash))
}
