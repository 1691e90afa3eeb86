import { seedFromEnv } from '../support/seed.js'
import { LightNode } from './light-node.js'
import { RoomNode } from './room-node.js'
import type { Setting } from './scenarios.js'

/** Membership and broadcast alone. `SEED=n` replays a run. */
export function light(peers: number, more: Partial<Setting> = {}): Setting {
  return { make: birth => new LightNode(birth), seed: seedFromEnv(7), peers, ...more }
}

/** The whole room machine. */
export function room(peers: number, more: Partial<Setting> = {}): Setting {
  return { make: birth => new RoomNode(birth), seed: seedFromEnv(7), peers, ...more }
}
