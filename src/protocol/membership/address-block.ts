/**
 * The block of addresses that one party can be taken to own: a /24 of IPv4, a /48 of IPv6. Undefined on loopback, in a LAN,
 * behind a carrier's NAT, and for what is no address.
 */
export function addressBlock(host: string): string | undefined {
  const v4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(host)?.[1]
  return v4 === undefined ? blockOfV6(host) : blockOfV4(v4.split('.').map(Number))
}

function blockOfV4(bytes: readonly number[]): string | undefined {
  const [a = 0, b = 0, c = 0] = bytes
  if (bytes.some(byte => byte > 255) || isShared(a, b)) return undefined
  return `${a}.${b}.${c}`
}

// RFC 1122, 1918, 3927 and 6598: addresses that machines of many parties have.
function isShared(a: number, b: number): boolean {
  if (a === 0 || a === 10 || a === 127) return true
  if (a === 100) return b >= 64 && b <= 127
  if (a === 172) return b >= 16 && b <= 31
  return (a === 169 && b === 254) || (a === 192 && b === 168)
}

function blockOfV6(host: string): string | undefined {
  const groups = groupsOf(host)
  const [first = 0, second = 0, third = 0] = groups ?? []
  // Unspecified and loopback; unique local; link-local.
  const isOurs = first === 0 || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80
  if (groups === undefined || isOurs) return undefined
  return [first, second, third].map(group => group.toString(16)).join(':')
}

/** The eight groups of an IPv6 address; undefined for what is none. */
function groupsOf(host: string): number[] | undefined {
  const [address = ''] = host.split('%')
  const [left = '', right, ...more] = address.split('::')
  const [head, tail] = [left, right ?? ''].map(part => (part === '' ? [] : part.split(':')))
  if (head === undefined || tail === undefined || more.length > 0) return undefined
  const gap = 8 - head.length - tail.length
  if (right === undefined ? gap !== 0 : gap < 1) return undefined
  const groups = [...head, ...Array<string>(gap).fill('0'), ...tail]
  return groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map(group => Number.parseInt(group, 16))
    : undefined
}
