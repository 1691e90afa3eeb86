// Run by lock.test.ts in several processes: takes the lock, says so, and holds it until killed.
import { tryLock } from '../../src/home/lock.js'

console.log(tryLock(process.argv[2] ?? '') === undefined ? 'refused' : 'held')
setInterval(() => {}, 60_000)
