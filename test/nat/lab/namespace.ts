import { removeNamespace } from './names.js'
import { shell } from './shell.js'

/** A network stack of its own. Nothing in it can reach what it is not linked to, the machine's own network least of all. */
export class Namespace {
  readonly name: string

  constructor(name: string) {
    this.name = name
    shell('ip', 'netns', 'add', name)
    this.write('ipv6/conf/all/disable_ipv6', '1')
    this.write('ipv6/conf/default/disable_ipv6', '1')
    this.ip('link', 'set', 'lo', 'up')
  }

  /** What a command line begins with that is to run in here; what it starts keeps its process number. */
  get entrance(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name]
  }

  /** `ip` in here. */
  ip(...args: readonly string[]): string {
    return shell('ip', '-n', this.name, ...args)
  }

  /** `iptables` in here. */
  iptables(...args: readonly string[]): string {
    return shell('ip', 'netns', 'exec', this.name, 'iptables', '-w', ...args)
  }

  /** Sets a value below /proc/sys/net. */
  write(path: string, value: string): void {
    const script = 'test ! -e "$1" || echo "$2" > "$1"'
    const file = `/proc/sys/net/${path}`
    shell('ip', 'netns', 'exec', this.name, 'sh', '-c', script, 'sh', file, value)
  }

  /** A switch that others can be plugged into with {@link plug}. */
  bridge(device: string): void {
    // Where this module is loaded, a router's rules would apply to neighbours on its switch as well.
    this.write('bridge/bridge-nf-call-iptables', '0')
    this.ip('link', 'add', device, 'type', 'bridge', 'mcast_snooping', '0')
    this.ip('link', 'set', device, 'up')
  }

  /** A cable from a device in here, made for it, to a switch elsewhere. */
  plug(device: string, into: Namespace, bridge: string, port: string): void {
    const peer = ['peer', 'name', port, 'netns', into.name]
    this.ip('link', 'add', device, 'type', 'veth', ...peer)
    into.ip('link', 'set', port, 'master', bridge, 'up')
    this.ip('link', 'set', device, 'up')
  }

  /** Gives a device an address with its prefix length, for instance 192.168.1.2/24. */
  address(device: string, address: string): void {
    this.ip('address', 'add', address, 'dev', device)
  }

  /** Ends what runs in here and takes everything away. */
  remove(): void {
    removeNamespace(this.name)
  }
}
