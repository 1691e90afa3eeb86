import { expect, test } from 'vitest'
import { encodeInvitationBody } from '../../src/protocol/wire/bodies/invitation.js'
import { KIND_INVITATION, KIND_TEXT } from '../../src/protocol/wire/kinds.js'
import { EPOCH, World } from '../support/harness.js'
import { messageOf, textOf } from '../support/hostile.js'

const terms = { ticket: new Uint8Array(32).fill(1), expires: 9, uses: 1, anyone: true }
const body = encodeInvitationBody(terms)

// Spends: a transcript that a member was given and imports, with messages that its author has dated as late as can be written.
// Costs it nothing: it has the rest of its history, and hears and is heard as before.
test.each([2 ** 52 - 1, 2 ** 52, 2 ** 53 - 1])(
  'what is on the disk with the date %i keeps nothing else from being read',
  clock => {
    const world = new World()
    const [ann, bob] = [world.join('ann'), world.join('bob')]
    const far = [
      messageOf('eve', { kind: KIND_INVITATION, clock, body }),
      messageOf('eve', { kind: KIND_TEXT, clock })
    ]
    const line = textOf('cyd', 'said before', EPOCH - 60_000)
    ann.feed({ type: 'restore', messages: [...far, line] })
    world.introduce(ann, bob)
    world.run(60_000)
    ann.say('hello')
    bob.say('hi')
    world.run(60_000)
    expect(bob.texts()).toEqual(expect.arrayContaining(['said before', 'hello', 'hi']))
    expect(ann.texts()).toEqual(expect.arrayContaining(['hello', 'hi']))
  }
)
