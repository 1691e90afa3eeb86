import type { KeyPair } from '../../base/crypto.js'
import { idFromBytes, idToBytes, type PeerKey, type Topic } from '../../base/ids.js'
import type { Swarm } from '../../swarm/swarm.js'
import { takeBack } from '../../swarm/take-back.js'

/**
 * Takes back what our former device key has announced, unless another program answers to it: then
 * it is that one's, and the original of the copy that we are. Otherwise every newcomer would dial
 * it in vain for half an hour.
 */
export function retire(former: KeyPair, topic: Topic, swarm: Swarm): void {
  const key = idFromBytes<PeerKey>(former.publicKey)
  const onFailed = (peer: { readonly key: PeerKey }) => {
    if (peer.key !== key) return
    off()
    void takeBack(swarm.networks, idToBytes(topic), former)
  }
  const onConnection = (_: unknown, peer: { readonly key: PeerKey }) => {
    if (peer.key === key) off()
  }
  const off = () => {
    swarm.off('dial-failed', onFailed)
    swarm.off('connection', onConnection)
  }
  swarm.on('dial-failed', onFailed)
  swarm.on('connection', onConnection)
  swarm.dial(former.publicKey)
}
