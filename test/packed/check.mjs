// Runs in an empty project that has installed the packed program: its three entries import, and have what they promise.
import { Room, Swarm } from 'swarmchat'
import { attachBot } from 'swarmchat/bot'
import { createTestRoom } from 'swarmchat/testing'

const missing = Object.entries({ Room, Swarm, attachBot, createTestRoom })
  .filter(([, value]) => typeof value !== 'function')
  .map(([name]) => name)
if (missing.length > 0) throw new Error(`not exported: ${missing.join(', ')}`)
