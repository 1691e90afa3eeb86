import { onAborted } from '../async/until-aborted.js'
import type { Network } from '../swarm/networks/network.js'
import { type Dial, dialKey } from './dial.js'
import type { PipeEnds } from './ends.js'
import { outletTo, PipeLink } from './link.js'

/**
 * Connects to a key and joins the connection to `input` and `output` until both directions have ended, or the signal
 * fires. Throws an error of ours where nobody is there or the connection breaks.
 */
export async function runConnect(
  networks: readonly Network[],
  dial: Dial,
  ends: PipeEnds
): Promise<void> {
  const link = new PipeLink(await dialKey(networks, dial), outletTo(ends.output))
  ends.notice('connected')
  onAborted(dial.signal, () => link.leave())
  pump(link, ends).catch(error => link.stream.destroy(error))
  // A person at a keyboard does not end the input when the other side is done; a program does.
  if (ends.typed) void link.received.then(() => link.end())
  const failure = await link.closed
  await link.received
  if (failure !== undefined && !dial.signal.aborted) throw failure
}

async function pump(link: PipeLink, { input }: PipeEnds): Promise<void> {
  for await (const bytes of input) await link.write(bytes)
  link.end()
}
