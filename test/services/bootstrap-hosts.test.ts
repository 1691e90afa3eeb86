import { expect, test } from 'vitest'
import { startService } from '../../src/services/bootstrap.js'
import { freePort } from '../support/free-port.js'

test.each(['localhost', '0.0.0.0', '::1', '192.168.1'])(
  'nodes cannot run at %s: said before anything else is asked for',
  async host => {
    await expect(startService({ hosts: [host], count: 1 })).rejects.toMatchObject({
      code: 'BAD_ADDRESS',
      message: `The nodes cannot run at "${host}": others reach the nodes there, so it has to be an IPv4 address.`,
      hint: expect.stringMatching(/^Give an address of this machine with --host: .*127\.0\.0\.1/)
    })
  }
)

test('nor at an address of another machine: those of this one are named', async () => {
  // Reserved for documentation: nobody has it.
  const hosts = ['192.0.2.77']
  const port = await freePort()
  await expect(startService({ hosts, port, count: 1 })).rejects.toMatchObject({
    code: 'BAD_ADDRESS',
    message: 'The nodes cannot run at "192.0.2.77": it is not one of this machine.',
    hint: expect.stringMatching(/127\.0\.0\.1/)
  })
})

test('without a port, that is what is missing', async () => {
  await expect(startService({ hosts: ['127.0.0.1'], count: 1 })).rejects.toMatchObject({
    code: 'NO_PORT'
  })
})
