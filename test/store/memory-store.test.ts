import { MemoryStore } from '../../src/store/memory-store.js'
import { acceptanceOf } from './acceptance.js'

acceptanceOf('memory', async () => new MemoryStore())
