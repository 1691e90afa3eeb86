import { codeOf, messageOf, SwarmchatError } from '../../base/errors.js'

/** What an error code means to a person, and what to do about it. */
export interface Meaning {
  readonly sentence: string
  readonly hint: string
}

const TRY_AGAIN = 'Try again; if it stays like that, let the other side start anew.'
const OTHER_RELAY =
  'It may be full, or behind a NAT itself, where few can reach it. Name another one as well: --relay can be given several times.'
const OTHER_VERSION = 'Both sides should run a current version.'
const MEMBER_RELAY =
  'Any third member that both sides can reach passes on what is said in a room; a relay helps as well: swarmchat relay on a machine with an open address, and its key with --relay.'

const NAME_SERVER =
  'Check how it is spelled, and that this machine has a name server; an IPv4 address needs none.'
const FEWER_FILES =
  'Let it have more (ulimit -n 1024), or open fewer rooms in one program; then start it again.'

// Every code of hyperdht 6.34, dht-rpc 6.27, blind-relay 1.6 and of the streams and sockets below them, and ours for what they
// do not tell apart, and for what keeps a network offline.
// docs/networks.md shows the same table; a test compares them.
const MEANINGS: Readonly<Record<string, Meaning>> = {
  PEER_NOT_FOUND: {
    sentence: 'Nobody is listening under that key.',
    hint: 'Is the other side running, on the same network (--network, --bootstrap), and is the key complete?'
  },
  PEER_CONNECTION_FAILED: {
    sentence: 'The other side was found but could not be reached.',
    hint: 'It may have ended (a program that was killed stays in the DHT for up to 27 minutes), or does not let us in (--allow).'
  },
  HOLEPUNCH_ABORTED: {
    sentence: 'No way through the routers between the two sides was found.',
    hint: MEMBER_RELAY
  },
  HOLEPUNCH_DOUBLE_RANDOMIZED_NATS: {
    sentence: 'Both NATs randomise: both sides are behind routers that cannot be crossed directly.',
    hint: MEMBER_RELAY
  },
  HOLEPUNCH_PROBE_TIMEOUT: {
    sentence: 'The other side did not answer while a way through the routers was looked for.',
    hint: TRY_AGAIN
  },
  HOLEPUNCH_INVALID: {
    sentence: 'The other side answered nonsense while a way through the routers was looked for.',
    hint: OTHER_VERSION
  },
  BAD_HANDSHAKE_REPLY: { sentence: 'A DHT node answered nonsense.', hint: TRY_AGAIN },
  BAD_HOLEPUNCH_REPLY: { sentence: 'A DHT node answered nonsense.', hint: TRY_AGAIN },
  CANNOT_HOLEPUNCH: {
    sentence: 'The other side cannot be reached through its router.',
    hint: MEMBER_RELAY
  },
  REMOTE_NOT_HOLEPUNCHING: {
    sentence: 'The other side does not help to find a way through the routers.',
    hint: TRY_AGAIN
  },
  REMOTE_NOT_HOLEPUNCHABLE: {
    sentence: 'The other side cannot be reached through its router.',
    hint: MEMBER_RELAY
  },
  REMOTE_ABORTED: { sentence: 'The other side broke the connection off.', hint: TRY_AGAIN },
  HANDSHAKE_UNFINISHED: {
    sentence: 'The other side went silent during the handshake.',
    hint: TRY_AGAIN
  },
  HANDSHAKE_INVALID: {
    sentence: 'The other side could not prove that it has the key.',
    hint: TRY_AGAIN
  },
  ALREADY_LISTENING: { sentence: 'This listener is listening already.', hint: TRY_AGAIN },
  KEYPAIR_ALREADY_USED: {
    sentence: 'This program is listening under that key already.',
    hint: 'Use another key pair.'
  },
  NODE_DESTROYED: { sentence: 'The DHT node is closed.', hint: 'Start the program again.' },
  STREAM_NOT_CONNECTED: { sentence: 'The connection is not open yet.', hint: TRY_AGAIN },
  SERVER_INCOMPATIBLE: {
    sentence: 'The other side speaks another version of the protocol.',
    hint: OTHER_VERSION
  },
  SERVER_ERROR: { sentence: 'The other side refused the connection.', hint: OTHER_VERSION },
  DUPLICATE_CONNECTION: {
    sentence: 'There is a connection to that peer already.',
    hint: 'The other one goes on.'
  },
  RELAY_ABORTED: { sentence: 'The relay between the two sides gave up.', hint: OTHER_RELAY },
  DUPLICATE_CHANNEL: { sentence: 'The relay is being asked already.', hint: TRY_AGAIN },
  CHANNEL_CLOSED: { sentence: 'The relay cannot be reached, or hung up.', hint: OTHER_RELAY },
  CHANNEL_DESTROYED: { sentence: 'The relay cannot be reached, or hung up.', hint: OTHER_RELAY },
  ALREADY_PAIRING: { sentence: 'The relay is being asked already.', hint: TRY_AGAIN },
  PAIRING_CANCELLED: {
    sentence: 'The other side does not use the relay any more.',
    hint: TRY_AGAIN
  },
  SUSPENDED: { sentence: 'The DHT node is suspended.', hint: 'Try again when it has woken up.' },
  REQUEST_TIMEOUT: {
    sentence: 'A DHT node did not answer in time.',
    hint: 'Check the connection to the network; UDP must be allowed out.'
  },
  REQUEST_DESTROYED: { sentence: 'The DHT node was closed meanwhile.', hint: TRY_AGAIN },
  IO_SUSPENDED: {
    sentence: 'The DHT node is suspended.',
    hint: 'Try again when it has woken up.'
  },
  ETIMEDOUT: {
    sentence: 'The connection was lost: the other side went silent.',
    hint: 'Its process or its network ended.'
  },
  ECONNRESET: {
    sentence: 'The other side broke the connection off.',
    hint: 'Its process ended, or it does not let us in.'
  },
  EADDRINUSE: {
    sentence: 'The port is taken by another program.',
    hint: 'Choose another one.'
  },
  EADDRNOTAVAIL: {
    sentence: 'This machine does not have that address.',
    hint: 'Give an address of one of its interfaces.'
  },
  EACCES: {
    sentence: 'The system does not let us use that port.',
    hint: 'Choose one above 1023.'
  },
  EPIPE: { sentence: 'The connection is closed.', hint: TRY_AGAIN },
  INVALID_TOKEN: { sentence: 'A DHT node took our request for an old one.', hint: TRY_AGAIN },
  UNKNOWN_COMMAND: {
    sentence: 'A DHT node does not know that request.',
    hint: 'It runs another program or version; others will answer.'
  },
  ENETUNREACH: {
    sentence: 'No network leads there.',
    hint: 'Check the Wi-Fi or the cable; on one machine or one LAN, swarmchat needs no way out.'
  },
  EHOSTUNREACH: {
    sentence: 'No network leads to the other side.',
    hint: 'Check the Wi-Fi or the cable, on both sides.'
  },
  EPERM: {
    sentence: 'A firewall of this machine does not let the packet out.',
    hint: 'Allow UDP for this program.'
  },
  ECONNREFUSED: {
    sentence: 'Nobody is listening at that address.',
    hint: 'Is the other side running, and is the port the right one?'
  },
  ONE_SIDED_OPEN: {
    sentence: 'It seemed to open, but nothing came from the other side.',
    hint: 'It is dialled again by itself.'
  },
  NO_ANSWER: {
    sentence: 'The other side was found nearby but does not answer.',
    hint: 'It has ended, perhaps without a word (what it announced is known for up to 27 minutes), is very busy, or does not let us in.'
  },
  PEER_SILENT: {
    sentence: 'The other side went silent.',
    hint: 'Its process or its network ended.'
  },
  EMFILE: {
    sentence: 'This program may not open any more files and connections.',
    hint: FEWER_FILES
  },
  ENFILE: {
    sentence: 'This machine may not open any more files and connections.',
    hint: 'End programs on it that have many open.'
  },
  ENOTFOUND: { sentence: 'The name of a bootstrap node cannot be resolved.', hint: NAME_SERVER },
  EAI_AGAIN: {
    sentence: 'The name of a bootstrap node cannot be resolved at the moment.',
    hint: NAME_SERVER
  },
  DHT_OFFLINE: {
    sentence: 'No DHT node answered; it is tried again by itself.',
    hint: 'Check the connection to the internet, or the addresses given with --bootstrap; UDP must be allowed out.'
  },
  NO_LAN: {
    sentence: 'This machine is on no local network.',
    hint: 'Connect it to a Wi-Fi or a cable; swarmchat uses the first that comes.'
  },
  NO_LOOPBACK: {
    sentence: 'This machine cannot reach itself: it has no loopback interface with 127.0.0.1.',
    hint: 'Bring it up (ip link set lo up), or leave the local network out: --network public, or --network lan.'
  },
  PORT_TAKEN: {
    sentence: 'The port of the local network is taken by another program.',
    hint: 'The local network needs it. End that program (or a swarmchat that was stopped with Ctrl-Z), or let everybody here use another port: SWARMCHAT_LOCAL_PORT=28788.'
  },
  HUB_SILENT: {
    sentence:
      'Something says that it is the hub of the local network, and does not do what a hub does.',
    hint: 'End the program that holds the port, or let everybody here use another one: SWARMCHAT_LOCAL_PORT=28788.'
  },
  NO_NETWORK: {
    sentence: 'No network is online on which this peer could be dialled.',
    hint: 'It is dialled when one is.'
  }
}

/** Every code that has a meaning of its own. */
export const KNOWN_DHT_CODES: readonly string[] = Object.keys(MEANINGS)

/** What this code means; undefined where it is none of {@link KNOWN_DHT_CODES}. */
export function meaningOf(code: string): Meaning | undefined {
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined
}

/** The table as Markdown, for docs/networks.md. */
export function meaningsTable(): string {
  const rows = Object.entries(MEANINGS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { sentence, hint }]) => `| \`${code}\` | ${sentence} | ${hint} |`)
  return ['| code | what it means | what to do |', '|---|---|---|', ...rows].join('\n')
}

/**
 * The error of a code that has a meaning here, exit code 1. `own`: a sentence or a hint for this very case, with the names
 * and numbers that belong to it.
 */
export function errorOf(code: string, own: Partial<Meaning> = {}, cause?: unknown): SwarmchatError {
  const { hint, sentence } = { ...(meaningOf(code) ?? unknown(cause)), ...own }
  return new SwarmchatError(code, sentence, { hint, exitCode: 1, cause })
}

/**
 * What a thrown value of hyperdht means, as an error of ours: its code where it has one (DHT_ERROR otherwise), exit
 * code 1. An error of ours passes through.
 */
export function explainDhtError(thrown: unknown): SwarmchatError {
  if (thrown instanceof SwarmchatError) return thrown
  return errorOf(codeOf(thrown) ?? 'DHT_ERROR', {}, thrown)
}

/**
 * For a `catch` around what asks the DHT: that nobody answered, or that the node is closed, is the world's and passes; a
 * fault of a program (a changed hyperdht's, or ours) is thrown on.
 */
export function unlessFault(thrown: unknown): void {
  if (thrown instanceof TypeError || thrown instanceof ReferenceError) throw thrown
}

function unknown(thrown: unknown): Meaning {
  return { sentence: `The connection failed: ${messageOf(thrown)}.`, hint: TRY_AGAIN }
}
