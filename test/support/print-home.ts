// Run by user.test.ts as another user: what its home is, and its identity, or the error.
import { homeDirectory } from '../../src/home/directory.js'
import { loadIdentity } from '../../src/home/identity.js'
import { defaultNick } from '../../src/home/nick.js'

try {
  const home = homeDirectory()
  const { key } = loadIdentity(home)
  console.log(JSON.stringify({ home, key, nick: defaultNick(key) }))
} catch (thrown) {
  const { code, hint, message } = thrown as Error & { code: string; hint: string }
  console.log(JSON.stringify({ code, message, hint }))
}
