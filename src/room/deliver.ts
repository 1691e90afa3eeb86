import { nobodyGotIt, offlineEverywhere } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import type { Room } from './room.js'

/** How sure a delivery is to be. */
export interface DeliverOptions {
  /** Wait until so many other members have it; at least 1. */
  readonly wanted: number
  readonly timeout: Millis
  /** Ends early with what there is. */
  readonly interrupted?: AbortSignal
}

/**
 * Says something and waits until that many other members have it. Gives how many do. Throws BAD_TEXT, and NOBODY_GOT_IT
 * or OFFLINE (exit code 1) when the time is up.
 */
export function deliver(room: Room, text: string, options: DeliverOptions): Promise<number> {
  const { interrupted, timeout, wanted } = options
  const id = room.say(text)
  let most = 0
  return new Promise((resolve, reject) => {
    const timer = setTimeout(giveUp, timeout)
    interrupted?.addEventListener('abort', settle, { once: true })
    room.on('receipt', hear)

    function hear(receipt: { readonly id: string; readonly have: number }): void {
      if (receipt.id !== id) return
      most = Math.max(most, receipt.have)
      if (most >= wanted) settle()
    }

    function settle(): void {
      stop()
      resolve(most)
    }

    function giveUp(): void {
      stop()
      reject(
        room.online ? nobodyGotIt(most, wanted, timeout / 1000) : offlineEverywhere(room.problems)
      )
    }

    function stop(): void {
      clearTimeout(timer)
      interrupted?.removeEventListener('abort', settle)
      room.off('receipt', hear)
    }
  })
}
