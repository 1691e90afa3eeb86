import { newPrefix } from './names.js'
import { shell } from './shell.js'

const REMEDY = 'as root on Linux, after: apt-get install -y iproute2 iptables'

/** Why no laboratory can be built here, as a line for a person; undefined where one can. */
export function whyUnavailable(): string | undefined {
  if (process.platform !== 'linux')
    return `skipped: it needs Linux's network namespaces (${REMEDY})`
  if (process.getuid?.() !== 0) return `skipped: it needs to be root (${REMEDY})`
  return tryOut()
}

// Everything that a router needs of the kernel, once, in a namespace of its own.
function tryOut(): string | undefined {
  const name = `${newPrefix()}-probe`
  try {
    shell('ip', 'netns', 'add', name)
  } catch (thrown) {
    return `skipped: no network namespace can be made here (${REMEDY}): ${String(thrown)}`
  }
  try {
    const inside = ['netns', 'exec', name, 'iptables', '-t', 'nat', '-A', 'POSTROUTING']
    shell('ip', ...inside, '-j', 'MASQUERADE', '--random-fully')
    shell('ip', '-n', name, 'link', 'add', 'br0', 'type', 'bridge')
    shell('ip', '-n', name, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right')
    return undefined
  } catch (thrown) {
    return `skipped: iptables, bridges or veth pairs do not work here (${REMEDY}): ${String(thrown)}`
  } finally {
    shell('ip', 'netns', 'delete', name)
  }
}
