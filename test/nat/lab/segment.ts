import { Namespace } from './namespace.js'

/** What a host or router gets where it is plugged in. */
export interface Outlet {
  readonly address: string
  /** Where its other packets go; none: nowhere. */
  readonly gateway?: string | undefined
}

const SWITCH = 'br0'

/** A switch with a /24 network: the public segment, or a home's. */
export class Segment {
  readonly namespace: Namespace
  readonly #network: string
  readonly #gateway: string | undefined
  #next: number
  #ports = 0

  /** `network`: the first three numbers of its addresses; hosts are numbered from `first` on. */
  constructor(name: string, network: string, options: { first: number; gateway?: string }) {
    this.namespace = new Namespace(name)
    this.#network = network
    this.#next = options.first
    this.#gateway = options.gateway
    this.namespace.bridge(SWITCH)
    if (options.gateway) this.namespace.address(SWITCH, `${options.gateway}/24`)
  }

  /** An address that nobody has here. */
  freeAddress(): string {
    return `${this.#network}.${this.#next++}`
  }

  /** Plugs a device in, made for it, with an address (a free one by default) and a way out where there is one. */
  attach(guest: Namespace, device: string, address: string = this.freeAddress()): Outlet {
    guest.plug(device, this.namespace, SWITCH, `port${this.#ports++}`)
    guest.address(device, `${address}/24`)
    if (this.#gateway) guest.ip('route', 'add', 'default', 'via', this.#gateway)
    return { address, gateway: this.#gateway }
  }
}
