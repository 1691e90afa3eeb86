import type { Network } from './network.js'

/** Ends with the job, or as soon as this network is offline: what is asked there is answered too late. */
export async function unlessOffline(network: Network, job: Promise<unknown>): Promise<void> {
  let look = () => {}
  const offline = new Promise<void>(resolve => {
    look = () => {
      if (network.state === 'offline') resolve()
    }
    network.on('state', look)
    look()
  })
  await Promise.race([job, offline]).finally(() => network.off('state', look))
}
