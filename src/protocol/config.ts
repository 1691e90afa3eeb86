import type { Millis } from '../base/time.js'

// Every constant of the protocol, each with its provenance:
// "paper" (which, page), "measured" (where), "hyperdht" (read in its source) or "guess".

/** Version of the wire protocol, in every hello and in every signed message. */
export const PROTOCOL_VERSION = 1

// Rooms

/** Longest room name in code points after normalisation. Guess: fits one line of a terminal. */
export const MAX_ROOM_NAME_POINTS = 64

// Messages

/** Longest text of a message in UTF-8 bytes. Guess: four screens of text; small against a 64 KiB frame. */
export const MAX_TEXT_BYTES = 8192
/** Longest nick in UTF-8 bytes. Guess. */
export const MAX_NICK_BYTES = 64
/** Longest body of a message in bytes: the longest nick with its length, and the longest text. */
export const MAX_BODY_BYTES = 1 + MAX_NICK_BYTES + MAX_TEXT_BYTES
/** Most parents of a message: the heads that its author had seen. Guess, after the DAGs of Matrix. */
export const MAX_PARENTS = 8
/** A message whose clock is further ahead of ours than this is refused. Guess: kinder than NTP needs. */
export const MAX_CLOCK_AHEAD_MILLIS: Millis = 5 * 60_000

// Links

/** Largest frame in bytes; a larger one ends the link. A NoiseSecretStream would carry 16 MiB. Guess. */
export const MAX_FRAME_BYTES = 65_536
/** The other side's hello must arrive within this, or the link is torn down and dialled again. Measured: a one-sided open lives 13 s. */
export const HELLO_TIMEOUT_MILLIS: Millis = 3_000
/** A ping goes out where we have sent nothing for this long. Guess: the transport notices a dead peer by itself; this is for one whose transport alone lives. */
export const PING_INTERVAL_MILLIS: Millis = 15_000
/** A link on which nothing arrived for this long is dead. Guess: two pings and a bit. */
export const LINK_TIMEOUT_MILLIS: Millis = 40_000

// Membership (HyParView: Leitão, Pereira, Rodrigues, DSN 2007)

/** Links that a member works to have at once; below it the passive view is dialled without waiting. Guess: the paper's 5 (§5.1), and one for a shallower tree. */
export const ACTIVE_TARGET = 6
/** Largest active view; low-priority requests are refused above it, others push a neighbour out. Measured in the simulator: the last delivery hop grows fast below 8. */
export const ACTIVE_MAX = 8
/** Most links at once, those still being negotiated included. Requirement: at most 10 per member. */
export const LINKS_MAX = 10
/** Largest passive view. Paper §5.1: 30. */
export const PASSIVE_MAX = 30
/** Links that a forward-join crosses before it is answered (ARWL). Paper §5.1: 6. */
export const ACTIVE_WALK = 6
/** Links still to cross when a forward-join enters a passive view (PRWL). Paper §5.1: 3. */
export const PASSIVE_WALK = 3
/** Active neighbours named in a shuffle (k_a). Paper §5.1: 3. */
export const SHUFFLE_ACTIVE = 3
/** Passive members named in a shuffle (k_p). Paper §5.1: 4. */
export const SHUFFLE_PASSIVE = 4
/** Time between the shuffles of a member, give or take a quarter. Guess: a passive view is renewed in four minutes. */
export const SHUFFLE_INTERVAL_MILLIS: Millis = 60_000
/** How often the views are looked over. Guess: well under the 8 s that a dead dial takes. */
export const REFILL_INTERVAL_MILLIS: Millis = 2_000
/** A neighbour request is answered within this, or its link is closed. Guess: 50 round trips. */
export const NEIGHBOR_TIMEOUT_MILLIS: Millis = 5_000
/** Dials under way at once. Guess: dead peers hold a dial for 8 s (measured), and 30 of them must not take two minutes. */
export const DIALS_MAX = 4
/** A dial that was not answered by either outcome is given up. Guess: a birthday punch takes 8.5 s (measured). */
export const DIAL_TIMEOUT_MILLIS: Millis = 30_000
/** A peer that refused us, or pushed us out, is not asked again before this. Guess: one shuffle. */
export const REFUSED_PAUSE_MILLIS: Millis = 30_000
/** First and longest pause between attempts to fill the view above ACTIVE_TARGET; doubled by every refusal. Guess. */
export const EXTRA_PAUSE_MILLIS: Millis = 1_000
export const EXTRA_PAUSE_MAX_MILLIS: Millis = 120_000
/** Peers remembered as failed. Guess: an active and a passive view. */
export const FAILED_MAX = 64
/** First and longest pause before a failed peer is tried again; doubled by every failure. Guess: with a full memory one is due every few seconds. */
export const FAILED_PAUSE_MILLIS: Millis = 10_000
export const FAILED_PAUSE_MAX_MILLIS: Millis = 240_000
/** A neighbour that was lost is tried again after this: it may only have changed its network. Guess. */
export const LOST_PAUSE_MILLIS: Millis = 1_000
/** A peer that kept failing this many times is forgotten: lookups may name it again. Guess: 25 min, about the life of a DHT record. */
export const FAILED_TRIES_MAX = 10
/** A neighbour that stayed for so long counts as mended: its next failure is its first. Guess: one link timeout is 7 s. */
export const SETTLED_MILLIS: Millis = 60_000
/** Time between two attempts at failed peers. Guess: a healed partition is found within seconds when all try. */
export const RETRY_INTERVAL_MILLIS: Millis = 8_000
/** Time between two newcomers that are taken in at the end of their walk though the view is full. Guess: strangers that a hostile neighbour sends must not push everybody out at once. */
export const WALK_INTERVAL_MILLIS: Millis = 2_000
/** Time between two swaps of a neighbour in a full view for a peer that lookups named. Guess. */
export const PROBE_INTERVAL_MILLIS: Millis = 60_000

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
/** Longest wait for an announced message, and for an answer, where pushes were seen to come late. Guess: what is really missing must not be late for ever. */
export const GRAFT_MAX_MILLIS: Millis = 1_500
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
/** Announced messages waited for, in all and per announcer. Guess. */
export const MISSING_MAX = 2048
export const MISSING_PER_PEER_MAX = 512
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

// Links and peers that misbehave

/** Most links at a time, those that shake hands still and observers included; a further one is closed. Guess: several times LINKS_MAX, for joins in a crowd. */
export const MAX_LINKS = 64
/** Most of them to observers. Guess. */
export const MAX_OBSERVER_LINKS = 16
/** A peer closed for cause is left alone for this long, twice as long each further time. Guess. */
export const PENALTY_MILLIS: Millis = 60_000
/** Longest penalty. Guess. */
export const MAX_PENALTY_MILLIS: Millis = 3_600_000
/** Peers closed for cause that are remembered. Guess. */
export const MAX_PENALISED_PEERS = 1_024
/** So often a link that we dialled and that stayed mute is dialled again before its peer counts as unreachable. Guess. */
export const HELLO_RETRIES = 2
/** So long after it was closed a mute link is dialled again. Guess: the old connection is gone by then, and 5 s are not over. */
export const REDIAL_MILLIS: Millis = 500

/** Most links at once of an observer that reaches for everybody who is announced. Guess. */
export const MAX_OBSERVED_LINKS = 32

// Timeline

/** So far back history is kept and reconciled, and an older message is refused: 7 days. Guess. */
export const HISTORY_WINDOW_MILLIS: Millis = 7 * 24 * 3_600_000
/** Messages in memory; the oldest go first. Guess: 5 MB of ordinary chat, 90 MB of the longest messages. */
export const MAX_TIMELINE_MESSAGES = 10_000
/** A clock that others push ahead of ours is followed this far and no further, so that our own messages are not refused. Guess: half of what is accepted. */
export const MAX_CLOCK_LEAD_MILLIS: Millis = MAX_CLOCK_AHEAD_MILLIS / 2
/**
 * Our own clock is continued this far ahead of the system's; further ahead, that one was set back.
 * Guess: that, and as many messages in one moment as there are ms more.
 */
export const MAX_OWN_CLOCK_LEAD_MILLIS: Millis = MAX_CLOCK_LEAD_MILLIS + 30_000
/** Ids of messages that were seen, so that none is verified or delivered twice. Guess: minutes of a busy room. */
export const MAX_SEEN_IDS = 32_768
/** Recent messages kept whole for GRAFT, also those that are not stored. Guess: seconds of a busy room. */
export const MAX_RECENT_MESSAGES = 1_024
/** An ephemeral message is sent again on GRAFT this long. Guess: a patient announcement, a graft and some retries. */
export const EPHEMERAL_LIFE_MILLIS: Millis = 10_000

/** The complaint about a clock that is ahead is repeated after this. Guess. */
export const CLOCK_COMPLAINT_MILLIS: Millis = 60_000

// Presence

/** Shortest time between two regular presences of a device. Guess: a small room is as good as silent. */
export const PRESENCE_INTERVAL_MILLIS: Millis = 10_000
/** The interval grows by this for every device in the room, so that each member hears one presence in three seconds. Guess: half of what the links themselves cost. */
export const PRESENCE_INTERVAL_PER_DEVICE_MILLIS: Millis = 3_000
/** Longest interval; a longer one is read as this. Guess: a room of 300; larger ones hear more. */
export const MAX_PRESENCE_INTERVAL_MILLIS: Millis = 15 * 60_000
/** An early presence keeps this distance per device in the room from the one before. Guess: 5 presences a second at most. */
export const PRESENCE_GAP_PER_DEVICE_MILLIS: Millis = 200
/** Longest body of a presence in bytes. Guess: the longest nick, a relay and ten commands. */
export const MAX_PRESENCE_BODY_BYTES = 512
/** Length in bytes of the number that tells a running program from others with its device key. */
export const INSTANCE_BYTES = 8
/** Most commands that a presence names. Guess: more than fit with names of usual length. */
export const MAX_COMMANDS = 32
/** Longest name of a command in bytes of UTF-8. Guess. */
export const MAX_COMMAND_BYTES = 32
/** A device is suspected when nothing came for so many of its intervals. Guess: one that comes late is no reason. */
export const PRESENCE_DUE_INTERVALS = 1.5
/** A device is gone when nothing came for so many of its intervals, though nobody suspects it. Guess: two may be lost. */
export const PRESENCE_LIFE_INTERVALS = 2.5
/** Added to both. Guess: a regular presence that is announced and asked for, twice. */
export const PRESENCE_SLACK_MILLIS: Millis = 12_000
/** A suspected device is gone when it has not spoken after this. Guess: there and back through a large room, twice. */
export const SUSPICION_MILLIS: Millis = 3_000
/** Who has lost a neighbour waits up to this before it says so: another one may be faster. Guess: as above. */
export const SUSPECT_SPREAD_MILLIS: Millis = 500
/** A stream that took the place of another has so long to come up before its peer is suspected. Guess: a handshake around the world. */
export const SUSPECT_GRACE_MILLIS: Millis = 1_000
/** Who misses a presence waits up to this for every device in the room: all miss it at once. Guess: a handful is faster than the first one's word. */
export const SUSPECT_SPREAD_PER_DEVICE_MILLIS: Millis = 100
/** ... and no longer than this. Guess. */
export const SUSPECT_SPREAD_MAX_MILLIS: Millis = 30_000
/** A presence that tells of a new nick or relay keeps this distance from the one before. Guess: who changes often is not slowed down by much. */
export const OWN_NEWS_GAP_MILLIS: Millis = 100
/** A device answers suspicions this often at most. Guess: twice before it counts as gone. */
export const REFUTE_GAP_MILLIS: Millis = 1_000
/** Devices whose presences are overdue that a member suspects aloud in one second. Guess: others see the others. */
export const MAX_SUSPECTS_AT_ONCE = 4
/** A look that comes later than this says that we slept, and not that the others are gone. Guess. */
export const MAX_STALL_MILLIS: Millis = 3_000
/** How often expired devices are looked for. Guess. */
export const EXPIRE_INTERVAL_MILLIS: Millis = 1_000
/** A presence whose clock is further behind is a replay: an interval, and what a clock may be wrong. */
export const MAX_PRESENCE_AGE_MILLIS: Millis = MAX_PRESENCE_INTERVAL_MILLIS + MAX_CLOCK_AHEAD_MILLIS
/** Presences of others that a newcomer is told at once. Guess: all of a large room, in 250 KB. */
export const MAX_PRESENCES_HANDED_ON = 1_024
/** Devices in the roster; further ones are not shown. Guess: a room of ten thousand, and some. */
export const MAX_DEVICES = 16_384
/** Devices of one identity; further ones are not shown. Guess. */
export const MAX_DEVICES_PER_IDENTITY = 16
/** Devices known from the DHT or from links only, and devices that left lately. Guess. */
export const MAX_KNOWN_PEERS = 4_096
/** Own messages whose receipts are still counted. Guess. */
export const MAX_TRACKED_MESSAGES = 64

// Limits: tokens per second, and tokens at most.

/** New messages of one author. Guess: a busy bot; what is over comes with history. */
export const AUTHOR_RATE = { perSecond: 50, burst: 2_000 } as const
/** Messages of one author that come with history. Guess: a whole timeline at once. */
export const AUTHOR_HISTORY_RATE = { perSecond: 50, burst: MAX_TIMELINE_MESSAGES } as const
/** New messages over one link, whoever wrote them; what is over is dropped. Guess: a twentieth of a core spent verifying. */
export const LINK_MESSAGE_RATE = { perSecond: 1_000, burst: 5_000 } as const
/** Messages with history over one link. Guess: a whole timeline, twice. */
export const LINK_HISTORY_RATE = { perSecond: 1_000, burst: 2 * MAX_TIMELINE_MESSAGES } as const
/** Frames of any kind over one link; what is over ends it. Guess: far over everything honest. */
export const LINK_FRAME_RATE = { perSecond: 5_000, burst: 50_000 } as const
/** Negentropy messages over one link; what is over is dropped. Guess: several exchanges a second, and a hundred rounds at once. */
export const LINK_RECONCILE_RATE = { perSecond: 20, burst: 200 } as const
/** Authors whose rate is remembered; one that falls out starts with a full bucket. Guess. */
export const MAX_LIMITED_AUTHORS = 4_096

// History

/** So often a random neighbour whose heads differ is reconciled with. Guess. */
export const RECONCILE_INTERVAL_MILLIS: Millis = 10_000
/** After history arrived from one neighbour the others are reconciled with this soon. Guess: lets a batch arrive whole. */
export const RECONCILE_SOON_MILLIS: Millis = 500
/** An unanswered `want` may be repeated after this. Guess. */
export const WANT_RETRY_MILLIS: Millis = 5_000
/** Ids asked for and not yet arrived. Guess: a whole timeline. */
export const MAX_WANTED_IDS = MAX_TIMELINE_MESSAGES
/** Bytes of history sent to one peer before it has answered a ping. Guess: well under what a slow reader may leave queued. */
export const HISTORY_BATCH_BYTES = 262_144
