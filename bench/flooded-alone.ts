// `npx tsx bench/flooded-alone.ts [flood] [runs] [directory]`: what a flood costs a member's machine, links and database, in a process of their own
// without a network. The flood goes by a clock of its own: however busy this machine is, as many messages are within the limits. With the
// directory of another version of swarmchat both are measured, in turns. Linux.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageRoom } from '../src/protocol/access/room-cipher.js'
import { encodeFrame } from '../src/protocol/wire/frame-codec.js'
import { roomKeys } from '../src/room/keys.js'
import { FLOODS, type Flood, type Flooder } from '../test/support/floods.js'

const LINKS = 8
const SECONDS = 4
const OURS = fileURLToPath(new URL('..', import.meta.url))
const MEMBER = fileURLToPath(new URL('child/flooded-alone.ts', import.meta.url))
const [name = 'identities', runs = '5', other] = process.argv.slice(2)
const flood = FLOODS[name]
if (flood === undefined) throw new RangeError(`one of ${Object.keys(FLOODS).join(', ')}`)

/** The frames of the flood, each after its length in two bytes. */
function framesOf({ frame, perSecond }: Flood): Buffer[] {
  const flooder: Flooder = { room: messageRoom(roomKeys('flooded').secret), count: 0 }
  return Array.from({ length: LINKS * SECONDS * perSecond }, () => {
    const bytes = encodeFrame(frame(flooder))
    return Buffer.concat([Uint8Array.of(bytes.byteLength >> 8, bytes.byteLength), bytes])
  })
}

/** In each step of 50 ms. */
const atOnce = Math.floor(flood.perSecond / 20)
const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const file = join(directory, 'frames')
const frames = framesOf(flood)
const maxBytes = frames.reduce((most, { byteLength }) => Math.max(most, byteLength), 0)
writeFileSync(file, Buffer.concat(frames))
console.log(
  '| of | kept | MB before | most | heap, most | buffers, most | heap, in use | buffers | processor, s | young | old |'
)
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |')
for (let run = 0; run < Number(runs); run++)
  for (const sources of other === undefined ? [OURS] : [other, OURS]) {
    const args = [
      '--expose-gc',
      '--import',
      'tsx',
      MEMBER,
      sources,
      file,
      `${atOnce}`,
      `${maxBytes}`
    ]
    const row = execFileSync(process.execPath, args, { cwd: OURS, encoding: 'utf8' })
    console.log(`| ${sources === OURS ? 'this' : 'other'} | ${row.trim()} |`)
  }
rmSync(directory, { recursive: true })
