import type { Millis } from '../base/time.js'
import type { BudgetRate, Rate } from '../base/token-bucket.js'

// What is on the wire, or what others count on, and what belongs to no one folder; the rest is in
// the tuning.ts of its folder. Each constant has its provenance: "paper" (which, page), "measured"
// (where), "hyperdht" (read in its source) or "guess".

/** Version of the wire protocol, in every hello and in every signed message. */
export const PROTOCOL_VERSION = 1

// Rooms

/** Longest room name in code points after normalisation. Guess: fits one line of a terminal. */
export const MAX_ROOM_NAME_POINTS = 64
/** Longest password of a room in UTF-8 bytes. Guess: a long sentence in any script. */
export const MAX_PASSWORD_BYTES = 1_024

// Messages

/** Longest text of a message in UTF-8 bytes. Guess: four screens of text; small against a 64 KiB frame. */
export const MAX_TEXT_BYTES = 8192
/** Longest nick in UTF-8 bytes. Guess. */
export const MAX_NICK_BYTES = 64
/** Longest body of a message in bytes: what it is about, the longest nick with its length, and the longest text. */
export const MAX_BODY_BYTES = 32 + 1 + MAX_NICK_BYTES + MAX_TEXT_BYTES
/** Most lines that one deletion takes back. Guess: what somebody said in a bad hour. */
export const MAX_DELETED_MESSAGES = 64
/** Longest sign of a reaction in UTF-8 bytes. Guess: the longest emoji, a family with skin tones, has 41. */
export const MAX_SIGN_BYTES = 48
/** Longest subject of a room in UTF-8 bytes. Guess: two lines of a wide terminal. */
export const MAX_SUBJECT_BYTES = 512
/** Lengths in bytes to which direct words are padded, their lines with nick and all. Guess: a word, a line, a paragraph, a page, the longest. */
export const DIRECT_STEPS_BYTES = [64, 256, 1_024, 4_096, 8_192] as const
/** Longest texts of a room's card in UTF-8 bytes: together they fit a record of the DHT. Guesses: a heading, three lines, a dozen rules. */
export const MAX_CARD_BYTES = { title: 64, description: 255, rules: 600 } as const
/** Longest body of an ephemeral message in bytes. Guess: a presence has 134 at most, and room for what is to come. */
export const MAX_EPHEMERAL_BODY_BYTES = 512
/** Most parents of a message: the heads that its author had seen. Guess, after the DAGs of Matrix. */
export const MAX_PARENTS = 8
/** A message whose clock is further ahead of ours than this is refused. Guess: kinder than NTP needs. */
export const MAX_CLOCK_AHEAD_MILLIS: Millis = 5 * 60_000

/** Older records of devices are passed over: each is put anew every 20 min. Guess: two that failed. */
export const MAX_RECORD_AGE_MILLIS: Millis = 60 * 60_000

// Links

/** Largest frame in bytes; a larger one ends the link. A NoiseSecretStream would carry 16 MiB. Guess. */
export const MAX_FRAME_BYTES = 65_536
/** The other side's hello must arrive within this, or the link is torn down and dialled again. Measured: a one-sided open lives 13 s. */
export const HELLO_TIMEOUT_MILLIS: Millis = 3_000
/** A ping goes out where we have sent nothing for this long. Guess: the transport notices a dead peer by itself; this is for one whose transport alone lives, and longer than the pause between two presences of a small room. */
export const PING_INTERVAL_MILLIS: Millis = 25_000
/** A link on which nothing arrived for this long is dead. Guess: a ping, and a quarter of a minute for its answer on a busy machine. */
export const LINK_TIMEOUT_MILLIS: Millis = 40_000

// Membership (HyParView: Leitão, Pereira, Rodrigues, DSN 2007); how large the views are and when is in membership/tuning.ts

/** Links that a forward-join crosses before it is answered (ARWL). Paper §5.1: 6. */
export const ACTIVE_WALK = 6
/** Links still to cross when a forward-join enters a passive view (PRWL). Paper §5.1: 3. */
export const PASSIVE_WALK = 3
/** Active neighbours named in a shuffle (k_a). Paper §5.1: 3. */
export const SHUFFLE_ACTIVE = 3
/** Passive members named in a shuffle (k_p). Paper §5.1: 4. */
export const SHUFFLE_PASSIVE = 4
/** Most members that a refusal names. Guess: a view. */
export const REFERRAL_PEERS = 8

// Broadcast (Plumtree: Leitão, Pereira, Rodrigues, SRDS 2007)

/** Lazy announcements wait this long for company. Guess: a few wide-area round trips, in which whoever is faster announces for both. */
export const LAZY_FLUSH_MILLIS: Millis = 300
/** Announcements that are due within this time of one another go out together. Guess: short against the waits. */
export const LAZY_SPREAD_MILLIS: Millis = 100
/** The same for what nobody waits for. Guess: a few presences share a frame. */
export const PATIENT_FLUSH_MILLIS: Millis = 5_000
/** Not before our neighbours have been the same for this long: until then even such messages find the breaks of the tree. Guess. */
export const SETTLING_MILLIS: Millis = 15_000
/** Most ids in one IHAVE or GRAFT frame. Guess: 4 KiB. */
export const IHAVE_MAX = 128
/** An announced message that has not come by the tree is asked for after this. Guess: with the wait before the announcement nobody misses anything for a second. */
export const GRAFT_MILLIS: Millis = 500
/** The same for a member that has just lost a link of the tree, so that it mends the tree before those behind it miss anything. Guess. */
export const GRAFT_SOON_MILLIS: Millis = 150
/** A member mends a break of the tree, whoever's message showed it, this often at most. Guess: a graft is through by then. */
export const MEND_PAUSE_MILLIS: Millis = 1_000
/** The next announcer is asked after this. Guess: a round trip and a retransmission. */
export const GRAFT_RETRY_MILLIS: Millis = 400
/** Longest wait for an announced message, and for an answer, where pushes were seen to come late. Measured in the simulator: with 1.5 s everybody asks for what waits in queues. */
export const GRAFT_MAX_MILLIS: Millis = 10_000
/** Where that is longer than this, each neighbour is asked for a message after this to see if asking helps. Measured in the simulator: sooner, a room at a tenth of a core for each member sends six of a hundred copies more; later, what is announced takes over 2 s. */
export const GRAFT_PROBE_MILLIS: Millis = 1_300
/** Thrice at once, and then no neighbour more often than this. Measured in the simulator: of little weight in a room that is busy enough to be late. */
export const GRAFT_PROBE_PAUSE_MILLIS: Millis = 1_000
/** Time constant with which a lateness that was seen is forgotten. Guess. */
export const LATENESS_MILLIS: Millis = 5_000
/** Messages that are due within this time of one another are asked for together. Guess: short against the waits. */
export const GRAFT_SPREAD_MILLIS: Millis = 50
/** An announcer that would have saved this many hops takes the place of the one that pushed. Measured in the simulator: 5 hops instead of 8 for one author among 1,000 members. */
export const OPTIMIZE_HOPS = 1
/** The same for the first message of an author's turn, after which there may be no second. Measured in the simulator: without it, 26 hops when all talk in turn. */
export const OPTIMIZE_HOPS_FIRST = 4
/** Only one author's messages shape the tree, until that author has been silent for this long. Guess: a pause in a talk. */
export const SHAPING_HOLD_MILLIS: Millis = 10_000
/** Another author takes over after this at the earliest. Measured in the simulator: a message and its grafts cross a large room in two seconds. */
export const SHAPING_SWITCH_MILLIS: Millis = 3_000
/** Messages a second of which any may begin an author's turn. Measured in the simulator: as above. */
export const SHAPING_RATE = 0.3
/** Messages a second of the author whose turn it is that may change the tree; with more chat than this there are no turns. Guess: each is through when the next comes. */
export const SHAPING_RATE_MAX = 2
/** Where messages were asked for in vain that came later than this by themselves, everybody is busy, and the tree is left alone. Guess: far more than a wide-area round trip. */
export const SHAPING_CALM_MILLIS: Millis = 300
/** ... unless messages come so many times more than once, on average: then there is no tree. Guess. */
export const REDUNDANCY_HIGH = 0.3
/** Weight of one message in that average. Guess: it follows within a hundred messages. */
export const REDUNDANCY_WEIGHT = 0.02
/** The turn of a heartbeat's author ends after this. Measured in the simulator: a message and its grafts cross a large room in two seconds. */
export const SHAPING_HEARTBEAT_HOLD_MILLIS: Millis = 2_000
/** Chat takes the turn from heartbeats when its author speaks again after this. Guess: the first message is through everywhere. */
export const SHAPING_TRIAL_MILLIS: Millis = 300
/** Time over which the rate of messages is averaged. Guess. */
export const SHAPING_WINDOW_MILLIS: Millis = 10_000
/** The same for noticing that many begin to talk; the higher rate counts. Guess. */
export const SHAPING_QUICK_WINDOW_MILLIS: Millis = 1_000
/** Message ids remembered, with who brought them and over how many hops. Guess: ten minutes of a busy room; older ones are `recall`ed. */
export const SEEN_MAX = 4096
/** Announced messages waited for, in all and per announcer: nobody has only what others leave. Guess, and ten links. */
export const MISSING_MAX = 10_240
export const MISSING_PER_PEER_MAX = 1_024
/** Announcers remembered for a message waited for. Requirement: no more links than this. */
export const ANNOUNCERS_MAX = 10
/** A new neighbour hears of messages that came within this time. Guess: longer than it takes to notice a dead link. */
export const ANNOUNCE_WINDOW_MILLIS: Millis = 15_000
/** Most hops that a frame may claim; beyond is taken as this. Guess. */
export const HOPS_MAX = 255

// Reconcile (Negentropy V1)

/** Largest Negentropy message in bytes that we send. Guess: a link frame and room for its header. */
export const RECONCILE_FRAME_BYTES = 60_000
/** Smallest limit that may be chosen for it. Negentropy: the reference refuses less. */
export const MIN_RECONCILE_FRAME_BYTES = 4_096
/** Largest Negentropy message in bytes that we read. Nothing larger crosses a link. */
export const MAX_RECONCILE_BYTES = MAX_FRAME_BYTES
/** Most ranges of a Negentropy message, read or sent. Guess: 3,100 fingerprints with skips fill a frame. */
export const MAX_RECONCILE_RANGES = 8_192
/** Most messages that one side answers in one exchange. Guess: 100,000 ids in 4 KiB frames take 1,000. */
export const MAX_RECONCILE_ROUNDS = 2_048

// Frames

/** Most ids in one `want`. Guess: 16 KiB. For `ihave` and `graft` see IHAVE_MAX. */
export const MAX_WANT_IDS = 512
/** Most peers in one `shuffle` or `shuffle-reply`. Guess: several times what HyParView sends. */
export const MAX_PEERS_PER_FRAME = 64

// Timeline

/** Heads that are older are not named, nor part of the digest: so members that keep more and less than others agree. Guess. */
export const HEADS_WINDOW_MILLIS: Millis = 7 * 24 * 3_600_000
/** Ids of history that are asked of a peer, owed to it, or remembered of it at once; more come with the next exchange. Guess: some MB. */
export const HISTORY_AT_ONCE = 11_000
/** A clock that others push ahead of ours is followed this far and no further, so that our own messages are not refused. Guess: half of what is accepted. */
export const MAX_CLOCK_LEAD_MILLIS: Millis = MAX_CLOCK_AHEAD_MILLIS / 2

// Presence

/** Shortest time between two regular presences of a device. Guess: a small room is as good as silent. */
export const PRESENCE_INTERVAL_MILLIS: Millis = 10_000
/** The interval grows by this for every device in the room, so that each member hears one presence in three seconds. Guess: half of what the links themselves cost. */
export const PRESENCE_INTERVAL_PER_DEVICE_MILLIS: Millis = 3_000
/** Longest interval; a longer one is read as this. Guess: a room of 300; larger ones hear more. */
export const MAX_PRESENCE_INTERVAL_MILLIS: Millis = 15 * 60_000
/** Longest body of a presence in bytes. Guess: the longest nick, a relay and ten commands. */
export const MAX_PRESENCE_BODY_BYTES = 512
/** Length in bytes of the number that tells a running program from others with its device key. */
export const INSTANCE_BYTES = 8
/** Length in bytes of what tells two sets of heads apart. */
export const HEADS_DIGEST_BYTES = 8
/** Most commands that a presence names. Guess: more than fit with names of usual length. */
export const MAX_COMMANDS = 32
/** Longest name of a command in bytes of UTF-8. Guess. */
export const MAX_COMMAND_BYTES = 32
/** A device is suspected when nothing came for so many of its intervals. Guess: one that comes late is no reason. */
export const PRESENCE_DUE_INTERVALS = 1.5
/** A device is gone when nothing came for so many of its intervals, though nobody suspects it. Guess: two may be lost. */
export const PRESENCE_LIFE_INTERVALS = 2.5
/** A suspected device is gone when it has not spoken after this. Guess: there and back through a large room, twice. */
export const SUSPICION_MILLIS: Millis = 3_000
/** The presence that it names may be so much newer than our clock, whatever its device's is. Guess: well under what clocks follow others. */
export const MAX_SUSPICION_AHEAD_MILLIS: Millis = 60_000
/** A presence whose clock is further behind is a replay: an interval, and what a clock may be wrong. */
export const MAX_PRESENCE_AGE_MILLIS: Millis = MAX_PRESENCE_INTERVAL_MILLIS + MAX_CLOCK_AHEAD_MILLIS
/** Another ephemeral message whose clock is further behind is a replay. Guess: across a busy room, and what a clock may be wrong. */
export const MAX_EPHEMERAL_AGE_MILLIS: Millis = 60_000
/** Devices in the roster; further ones are not shown. Guess: a room of ten thousand, and some. */
export const MAX_DEVICES = 16_384
/** Devices known from the DHT or from links only, and devices that left lately. Guess. */
export const MAX_KNOWN_PEERS = 4_096

// Limits: tokens per second, and tokens at most. What is over a limit is dropped, and chat comes again with history.

/** What an author may say in one sort of traffic, and what a link may bring of it that nobody has asked for. */
export interface TrafficLimits {
  /** What an author says now; and once more for what it said longer ago than LATE_MILLIS. */
  readonly author: BudgetRate
  /** What a settled author may say whatever else its link brings: none of the next five is drawn on for it. */
  readonly settled: BudgetRate
  /** What one link may bring. */
  readonly link: BudgetRate
  /** What it may bring whatever others bring: in its first minute, and then, which is what newcomers may say. */
  readonly freshPart: BudgetRate
  readonly linkPart: BudgetRate
  /** What all links may bring together beyond such parts, those that are fresh and the others apart. */
  readonly links: BudgetRate
  /** What all newcomers of one link may say together, once somebody is settled. */
  readonly newcomers: BudgetRate
}
/** Ephemeral messages are small, so that a bound on messages is one on bytes. */
const SMALL = { perSecond: 262_144, burst: 16_777_216 } as const
const kib = (perSecond: number, burst: number) => ({
  perSecond: 1_024 * perSecond,
  burst: 1_024 * burst
})
/** Messages that are stored. Guesses, but for what newcomers may say, the design's: a busy bot; who talks fast; a crowd's lines, checked by a thirtieth of a core. */
export const CHAT_LIMITS: TrafficLimits = {
  author: { messages: { perSecond: 50, burst: 2_000 }, bytes: kib(32, 1_024) },
  settled: { messages: { perSecond: 2, burst: 50 }, bytes: kib(4, 64) },
  link: { messages: { perSecond: 200, burst: 5_000 }, bytes: kib(128, 4_096) },
  freshPart: { messages: { perSecond: 2, burst: 50 }, bytes: kib(4, 64) },
  linkPart: { messages: { perSecond: 50, burst: 2_000 }, bytes: kib(32, 1_024) },
  links: { messages: { perSecond: 400, burst: 2_500 }, bytes: kib(128, 4_096) },
  newcomers: { messages: { perSecond: 50, burst: 2_000 }, bytes: kib(32, 1_024) }
}
/**
 * Direct messages of one author, beside the above, at everybody whom they come to. Requirement: 5 a second. Guess: what a network holds up for 4 s
 * comes at once.
 */
export const DIRECT_LIMIT: Rate = { perSecond: 5, burst: 20 }
/** Presences. Guess: five a second while people talk in a room of two; a crowd of a thousand that meets at one link; all of a room of 256 for who comes anew. */
export const PRESENCE_LIMITS: TrafficLimits = {
  author: { messages: { perSecond: 5, burst: 100 }, bytes: SMALL },
  settled: { messages: { perSecond: 1, burst: 20 }, bytes: SMALL },
  link: { messages: { perSecond: 50, burst: 2_000 }, bytes: SMALL },
  freshPart: { messages: { perSecond: 5, burst: 256 }, bytes: SMALL },
  linkPart: { messages: { perSecond: 50, burst: 1_280 }, bytes: SMALL },
  links: { messages: { perSecond: 200, burst: 2_500 }, bytes: SMALL },
  newcomers: { messages: { perSecond: 50, burst: 1_280 }, bytes: SMALL }
}
/** Other ephemeral messages: suspicions, and what is to come. Guess: four suspicions a second while many crash. */
export const BRIEF_LIMITS: TrafficLimits = {
  author: { messages: { perSecond: 10, burst: 100 }, bytes: SMALL },
  settled: { messages: { perSecond: 1, burst: 20 }, bytes: SMALL },
  link: { messages: { perSecond: 50, burst: 1_000 }, bytes: SMALL },
  freshPart: { messages: { perSecond: 1, burst: 20 }, bytes: SMALL },
  linkPart: { messages: { perSecond: 25, burst: 400 }, bytes: SMALL },
  links: { messages: { perSecond: 200, burst: 2_000 }, bytes: SMALL },
  newcomers: { messages: { perSecond: 20, burst: 400 }, bytes: SMALL }
}
/**
 * Messages of one link that are over all limits and whose ids are computed all the same, for those that are known or were
 * asked for are not over any; more are dropped unhashed. Guess: what is asked for at once, and a five-hundredth of a core.
 */
export const LINK_LOOK_RATE = { perSecond: 250, burst: 2_000 } as const
/** The same for suspicions, and for presences of those who are suspected. Guess: all that eight links bring to one who passes it on, and a hundredth of a core. */
export const LINK_URGENT_LOOK_RATE = { perSecond: 1_000, burst: 8_000 } as const
/** What an author says is old when it is dated so long before the newest that it is known to have said. Guess: what overtakes what. */
export const LATE_MILLIS: Millis = 60_000
/** A link is fresh for so long: until then it has hardly anything beside what all fresh links may cost together. Guess. */
export const FRESH_LINK_MILLIS: Millis = 60_000
/**
 * Frames with messages over one link, and as many others, with one more for FRAME_IDS ids that one names; of what is over, messages are dropped unread
 * and all else ends the link. Guess: more than a member passes on that eight links bring as much as they may, and all settled authors say.
 */
export const LINK_FRAME_RATE = { perSecond: 5_000, burst: 50_000 } as const
/** The same for both together: what is over ends the link. Guess: no member passes on a tenth of it. */
export const LINK_FLOOD_RATE = { perSecond: 15_000, burst: 150_000 } as const
/** Ids in a frame that cost as much as another frame. Guess: reading an id costs half a microsecond. */
export const FRAME_IDS = 16
/** Bytes of messages that one peer grafts and was not told of; what is over comes with history. Guess: some seconds of a busy room. */
export const LINK_GRAFT_RATE = { perSecond: 65_536, burst: 1_048_576 } as const
/** Inquiries that one peer is answered. Guess: whoever watches asks every five seconds at most. */
export const LINK_INQUIRY_RATE = { perSecond: 0.25, burst: 8 } as const
/** Authors whose owner was told of a wrong clock, so that it is not told again. Guess. */
export const MAX_COMPLAINTS = 4_096

// History

/** Ids that are asked of one peer. Guess: a whole timeline at once, and a fortieth of a core spent verifying. */
export const LINK_ASK_RATE = { perSecond: 250, burst: HISTORY_AT_ONCE } as const
/** What one peer is sent of our history: 1 for each message and for each 4 KiB of it; more waits. Guess: twice what a member asks for. */
export const LINK_SERVE_RATE = { perSecond: 500, burst: 2 * HISTORY_AT_ONCE } as const
/** Work that the Negentropy messages of one link may make, in fingerprints (of 10 us). Guess: two timelines that have nothing in common, twice; later a hundredth of a core. */
export const LINK_RECONCILE_RATE = { perSecond: 1_000, burst: 40_000 } as const
/** Exchanges that one peer may open. Guess: an honest one opens two in ten seconds, and some more after it came. */
export const LINK_OPEN_RATE = { perSecond: 0.5, burst: 20 } as const
/** Negentropy messages over these limits that are passed over before the link is closed. Guess: an honest peer waits for the answer, and gives up after ten seconds. */
export const LINK_EXCESS_RATE = { perSecond: 0.5, burst: 20 } as const
