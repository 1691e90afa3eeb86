import type { Member } from './member.js'

/** One end of a connection. */
export interface End {
  readonly member: Member
  readonly life: number
  readonly initiator: boolean
  /** True while this side believes in the connection. */
  open: boolean
  /** True once bytes have arrived here. */
  carried: boolean
  /** When the last thing sent from here arrives: streams keep their order. */
  lastArrival: number
}

/** A stream between two members; each end learns of its end in its own time. */
export class Connection {
  readonly id: number
  readonly dialler: End
  readonly acceptor: End

  constructor(id: number, dialler: Member, acceptor: Member) {
    this.id = id
    this.dialler = end(dialler, true)
    this.acceptor = end(acceptor, false)
  }

  endOf(member: Member): End {
    return this.dialler.member === member ? this.dialler : this.acceptor
  }

  otherEnd(member: Member): End {
    return this.dialler.member === member ? this.acceptor : this.dialler
  }

  /** True where bytes went both ways. */
  get carriedBothWays(): boolean {
    return this.dialler.carried && this.acceptor.carried
  }
}

function end(member: Member, initiator: boolean): End {
  return { member, life: member.life, initiator, open: false, carried: false, lastArrival: 0 }
}
