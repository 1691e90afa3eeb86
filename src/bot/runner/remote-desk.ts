import { SwarmchatError } from '../../base/errors.js'
import type { MessageId } from '../../base/ids.js'
import type { Saying } from '../../room/sending/speak.js'
import type { Cause, Desk } from '../desk.js'
import { botStopped, outboxFull } from '../errors.js'
import { MemberList } from '../members.js'
import type { Author, Update } from '../updates.js'
import type { FromScript, ToScript } from './script-messages.js'

/** Messages on their way to the room's side. Guess: over any sensible queue of an outbox. */
const MAX_CALLS = 1_000

interface Call {
  readonly resolve: (id: MessageId) => void
  readonly reject: (reason: unknown) => void
}

/** What a script's process says, until the room's side answers. */
export class Calls {
  readonly #send: (message: FromScript) => void
  // BOUNDED: MAX_CALLS.
  readonly #open = new Map<number, Call>()
  #last = 0

  constructor(send: (message: FromScript) => void) {
    this.#send = send
  }

  say(room: number, saying: Saying, cause: Cause): Promise<MessageId> {
    if (this.#open.size >= MAX_CALLS) return Promise.reject(outboxFull(MAX_CALLS))
    const call = ++this.#last
    this.#send({ type: 'say', room, call, saying, cause })
    return new Promise((resolve, reject) => this.#open.set(call, { resolve, reject }))
  }

  /** Takes in an answer. */
  settle(answer: Extract<ToScript, { type: 'said' | 'unsaid' }>): void {
    const call = this.#open.get(answer.call)
    this.#open.delete(answer.call)
    if (answer.type === 'said') call?.resolve(answer.id)
    else
      call?.reject(
        new SwarmchatError(answer.code, answer.message, { hint: answer.hint, exitCode: 1 })
      )
  }

  /** Nothing is answered any more. */
  end(): void {
    for (const { reject } of this.#open.values()) reject(botStopped())
    this.#open.clear()
  }
}

/** A room, seen from a script's process. */
export class RemoteDesk implements Desk {
  readonly name: string
  readonly me: Author
  readonly #members = new MemberList()
  readonly #room: number
  readonly #calls: Calls

  constructor(entered: Extract<ToScript, { type: 'enter' }>, calls: Calls) {
    this.name = entered.name
    this.me = entered.me
    this.#room = entered.room
    this.#calls = calls
    this.#members.replace(entered.members)
  }

  members(): Author[] {
    return this.#members.all()
  }

  post(saying: Saying, cause: Cause): Promise<MessageId> {
    return this.#calls.say(this.#room, saying, cause)
  }

  /** Takes in what an update says about who is here. */
  take(update: Update): void {
    this.#members.take(update)
  }
}
