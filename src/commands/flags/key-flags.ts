import { join } from 'node:path'
import { string } from '@oclif/core/flags'
import type { KeyPair } from '../../base/crypto.js'
import { SwarmchatError } from '../../base/errors.js'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { loadKeyPair } from '../../home/key-file.js'
import { keyPair } from '../../swarm/dht/nodes.js'

/** The flag of listen and connect; read it with `keyPairNamed`. */
export const keyNameFlag = {
  'key-name': string({
    helpValue: 'NAME',
    description: 'keep the key pair under this name and use it again [default: a new one each time]'
  })
}

const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** The key pair kept under a name (made where there is none, mode 0600), or a new one. Throws BAD_KEY_NAME. */
export function keyPairNamed(name: string | undefined): KeyPair {
  if (name === undefined) return keyPair()
  if (!KEY_NAME.test(name)) throw badKeyName(name)
  const directory = ensureDirectory(join(homeDirectory(), 'keys'))
  return loadKeyPair(join(directory, name), 'device')
}

/** BAD_KEY_NAME: a name of a key pair names a file. */
const badKeyName = (name: string) =>
  new SwarmchatError('BAD_KEY_NAME', `"${name}" cannot be the name of a key pair.`, {
    hint: 'A name has 1 to 64 letters, digits, dots, dashes or underscores, and begins with a letter or a digit.'
  })
