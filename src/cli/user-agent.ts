import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../home/package-root.js'

/** Which program this is, on what: `swarmchat/1.2.3 linux-x64 node-v20.20.2`. */
export function userAgent(): string {
  const { name, version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  return `${name}/${version} ${process.platform}-${process.arch} node-${process.version}`
}
