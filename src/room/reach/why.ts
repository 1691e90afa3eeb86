import type { Reason } from '../../protocol/events.js'
import type { PathKind } from '../../swarm/connections/paths.js'
import { meaningOf } from '../../swarm/dht/dht-errors.js'

/** Why somebody is, or is not, reached: sentences for a person. */
export interface Why {
  /** A stable code for programs. */
  readonly code: string
  readonly text: string
  /** What to do about it; empty where there is nothing to do. */
  readonly hint: string
}

const PATHS: Readonly<Record<PathKind | 'members' | 'untried', string>> = {
  loopback: 'Linked directly, on this machine.',
  lan: 'Linked directly, over the local network.',
  direct: 'Linked directly.',
  relayed: 'Linked through a relay, which passes on what it cannot read.',
  members: 'Not linked directly: what is said travels over other members.',
  untried: 'Not tried yet.'
}

const NOTHING = 'Nothing needs to be done.'

const REFUSALS: Readonly<Record<Reason, readonly [text: string, hint: string]>> = {
  goodbye: ['It said goodbye.', NOTHING],
  leaving: ['We are leaving.', NOTHING],
  'not-needed': ['It has enough other links.', NOTHING],
  'hello-timeout': [
    'It was reached, but did not introduce itself in time.',
    'Its machine may be busy, or it runs another program. It is tried again by itself.'
  ],
  'not-a-member': [
    'It was reached, but could not prove that it knows the room.',
    'Does it have the same name (and passphrase, or invitation) for the room? A stranger can be left alone.'
  ],
  'protocol-error': [
    'It was reached, but spoke another version of the protocol, or nonsense.',
    'Both sides should run a current version.'
  ],
  'forged-message': [
    'It was shut out: it sent a message with a false signature.',
    'Whoever runs it should look after that machine.'
  ],
  silent: [
    'It was reached, but fell silent.',
    'Its process or its network ended, or is very busy. It is tried again by itself.'
  ],
  flooding: ['It was shut out for a while: it sent far too much.', 'It is let in again by itself.']
}

/** Of a device to which there is a link, or needs to be none. */
export function explainPath(path: PathKind | 'members' | 'untried'): Why {
  const hint = path === 'untried' ? 'It is tried by itself where a link is needed.' : ''
  return { code: path.toUpperCase(), text: PATHS[path], hint }
}

/** Of a device whose link was refused or closed for cause. */
export function explainRefusal(reason: Reason, present: boolean): Why {
  const [text, hint] = REFUSALS[reason]
  return { code: reason.toUpperCase().replaceAll('-', '_'), text: viaMembers(text, present), hint }
}

/** Of a device that could not be reached. `randomised`: our own NAT, on the network that it was tried on, randomises. */
export function explainFailure(
  {
    code,
    message,
    network
  }: { readonly code: string; readonly message: string; readonly network: string },
  randomised: boolean,
  present: boolean
): Why {
  // hyperdht gives up with this code at once where both NATs randomise; only our own is known for sure.
  const actual =
    code === 'HOLEPUNCH_ABORTED' && randomised ? 'HOLEPUNCH_DOUBLE_RANDOMIZED_NATS' : code
  const meaning = meaningOf(actual)
  const sentence = (meaning?.sentence ?? message).replace(/\.$/, '')
  const aside = [
    ...(actual === code ? [] : ['as far as we can tell']),
    ...(network === 'none' ? [] : [`tried over: ${network}`])
  ].join('; ')
  const text = aside === '' ? `${sentence}.` : `${sentence} (${aside}).`
  return {
    code: actual,
    text: viaMembers(text, present),
    hint: meaning?.hint ?? 'It is tried again by itself.'
  }
}

function viaMembers(text: string, present: boolean): string {
  return present ? `${PATHS.members} Directly: ${text}` : text
}
