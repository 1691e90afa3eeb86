// Run by identity.test.ts in several processes at once.
import { loadIdentity } from '../../src/home/identity.js'

process.send?.(loadIdentity(process.argv[2]).key, () => process.disconnect())
