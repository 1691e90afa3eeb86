import { expect, test } from 'vitest'
import type { Cli } from '../support/cli.js'
import { heard, heardOf, met, ready, tally, within } from './lab/talk.js'
import { record, useLab } from './lab/use-lab.js'

const lab = useLab()

/** Ann and Ben behind randomising NATs, and Cleo with an open address. */
async function trio() {
  const [a, b, c] = [
    lab().behind('randomising', 'a'),
    lab().behind('randomising', 'b'),
    lab().host('c')
  ]
  const [ann, ben, cleo] = [a.join('lobby', 'ann'), b.join('lobby', 'ben'), c.join('lobby', 'cleo')]
  await within(20_000, 'all are ready', ready([ann, ben, cleo]), [ann, ben, cleo])
  return { a, b, c, ann, ben, cleo }
}

test('a third member carries the talk of two who cannot reach each other', async () => {
  const { ann, ben, cleo } = await trio()
  const links = Promise.all([
    heardOf(ann, cleo),
    heardOf(ben, cleo),
    heardOf(cleo, ann),
    heardOf(cleo, ben)
  ])
  const linked = await within(10_000, 'Ann and Ben know Cleo', links, [ann, ben, cleo])
  const knowing = await within(5_000, 'Ann and Ben know each other', met([ann, ben]), [
    ann,
    ben,
    cleo
  ])
  const all = [ann, ben, cleo]
  const lines: number[] = []
  for (const cli of all) {
    lines.push(await within(5_000, 'a line', heard(`from ${cli.child.pid}`, cli, all), all))
  }
  record('randomising - randomising over an open third', {
    'ms to links': linked,
    'ms more to know each other': knowing,
    'ms a line': Math.max(...lines)
  })
})

test('what two said while nobody stood between them reaches both when somebody does', async () => {
  const { ann, ben, cleo } = await trio()
  await within(15_000, 'all have met', met([ann, ben, cleo]), [ann, ben, cleo])
  await within(5_000, 'a line', heard('before', ann, [ben, cleo]))
  await cleo.kill()
  const said = (cli: Cli, name: string) =>
    [1, 2, 3, 4, 5].map(i => {
      cli.say(`${name} ${i}`)
      return `${name} ${i}`
    })
  const texts = [...said(ann, 'ann'), ...said(ben, 'ben')]
  const everything = Promise.all(
    [ann, ben].flatMap(cli => texts.map(text => cli.object('message', line => line.text === text)))
  )
  const dora = lab().host('d').join('lobby', 'dora')
  await within(20_000, 'Dora is ready', dora.object('ready'), [dora])
  const took = await within(10_000, 'all lines reach both', everything, [ann, ben, dora])
  record('the third killed, a fourth comes', { 'ms from ready to all lines': took })
  for (const cli of [ann, ben]) {
    for (const [text, count] of tally(cli)) expect(count, String(text)).toBe(1)
  }
})
