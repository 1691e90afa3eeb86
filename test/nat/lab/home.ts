import { Segment } from './segment.js'

/**
 * How a router maps the ports of those behind it. consistent: the same port whomever they talk to; randomising: another
 * one for everybody; none: there is no way out.
 */
export type Nat = 'consistent' | 'randomising' | 'none'

const WAN = 'wan'
const LAN = 'br0'

/** A home, an office, a café: a network of private addresses, and a router. */
export class Home extends Segment {
  readonly #internet: Segment
  #address: string | undefined

  constructor(name: string, network: string, nat: Nat, internet: Segment) {
    super(name, network, { first: 2, gateway: `${network}.1` })
    this.#internet = internet
    if (nat !== 'none') this.#openWayOut(nat)
  }

  /** The address that the world sees; undefined where there is no way out. */
  get publicAddress(): string | undefined {
    return this.#address
  }

  /** The provider gives it another public address, as after a walk to another network: what stood before is dead. */
  changeAddress(): void {
    const { namespace } = this
    // Routes over the address go with it, and so do the mappings of MASQUERADE.
    namespace.ip('address', 'flush', 'dev', WAN)
    this.#address = this.#internet.freeAddress()
    namespace.address(WAN, `${this.#address}/24`)
  }

  /** Pulls the cable to the world, or plugs it in again. */
  setUplink(on: boolean): void {
    this.namespace.ip('link', 'set', WAN, on ? 'up' : 'down')
  }

  #openWayOut(nat: 'consistent' | 'randomising'): void {
    const { namespace } = this
    this.#address = this.#internet.attach(namespace, WAN).address
    namespace.write('ipv4/ip_forward', '1')
    const randomising = nat === 'randomising' ? ['--random-fully'] : []
    namespace.iptables(
      ...['-t', 'nat', '-A', 'POSTROUTING', '-o', WAN, '-j', 'MASQUERADE'],
      ...randomising
    )
    // Without this Linux confirms unsolicited packets, and gives the port that they came to away: real routers do not.
    namespace.iptables('-A', 'INPUT', '-i', WAN, '-j', 'DROP')
    namespace.iptables('-P', 'FORWARD', 'DROP')
    namespace.iptables('-A', 'FORWARD', '-i', LAN, '-o', WAN, '-j', 'ACCEPT')
    const established = ['-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED']
    namespace.iptables('-A', 'FORWARD', '-i', WAN, '-o', LAN, ...established, '-j', 'ACCEPT')
  }
}
