/// <reference types="node" preserve="true" />
// Common: a chat in a few lines. `const room = await Room.open({ name: 'lobby' })`

export type { ErrorDetails, ExitCode } from './base/errors.js'
export { SwarmchatError } from './base/errors.js'
export type { IdentityKey, MessageId, PeerKey, Topic } from './base/ids.js'
export { shortId } from './base/ids.js'
export type { Metric } from './base/metrics.js'
export { metricsText } from './base/metrics.js'
export type { OnTrace, TraceArea, TraceEvent } from './base/trace.js'
export { traceLine } from './base/trace.js'
export type { DeviceRecord } from './protocol/access/device-record.js'
export type { Invitation } from './protocol/access/invitation-link.js'
export type {
  ChatMessage,
  DirectMessage,
  DirectRequest,
  Inquired,
  PeerState,
  Reason,
  RoomCard,
  RoomEvent,
  RoomSubject
} from './protocol/events.js'
export type { KeepLimits } from './protocol/history/keep-limits.js'
export type { Neighborhood } from './protocol/membership/inquiry.js'
export type { Sign } from './protocol/presence/device.js'
export type { Member } from './protocol/presence/roster.js'
export { type RedeemOptions, redeemInvitation } from './room/admission/ask-admission.js'
export { readInvitation, writeInvitation } from './room/admission/invitation.js'
export type { MadeTicket, TicketTerms } from './room/admission/tickets.js'
export type { HistoryRange, SearchOptions } from './room/conversation.js'
export type {
  DamagedEvent,
  DeviceChangedEvent,
  FaultEvent,
  ForgottenEvent,
  HistoryEvent,
  KeptEvent,
  RoomEvents,
  RoomUpdate,
  StatusEvent,
  UnkeptEvent,
  UnreachableEvent
} from './room/events.js'
export { Feed, type FeedRoom } from './room/feed.js'
export type { Tell } from './room/kept/kept-feed.js'
export type { RoomAccess } from './room/keys.js'
export { roomTopic } from './room/keys.js'
export type { RoomOptions } from './room/open.js'
export { Room } from './room/room.js'
export type { RoomsOptions } from './room/rooms.js'
export { Rooms } from './room/rooms.js'

// Advanced: who one is, what is delivered, who is there.

export { homeDirectory } from './home/directory.js'
export type { Identity } from './home/identity.js'
export { freshIdentity, identityOf, loadIdentity } from './home/identity.js'
export { openLocked } from './home/identity-lock.js'
export type { Census, CensusOptions, WatchOptions } from './room/census/census.js'
export { takeCensus, watchRoom } from './room/census/census.js'
export type { CensusLink } from './room/census/graph.js'
export type { Counted } from './room/census/tally.js'
export type { PeerReport, Reach } from './room/reach/report.js'
export type { DeliverOptions } from './room/sending/deliver.js'
export { deliver } from './room/sending/deliver.js'
export { sendOnce } from './room/sending/send-once.js'

// Advanced: topic discovery without any chat, in the shape of Hyperswarm's API.

export type { Whereabouts } from './swarm/connections/paths.js'
export type { SecretStream } from './swarm/dht/stream-types.js'
export type { LanOptions } from './swarm/networks/lan-network.js'
export type { NatClass, Network, NetworkName, NetworkState } from './swarm/networks/network.js'
export type { NetworkSpec } from './swarm/networks/open.js'
export { openNetworks } from './swarm/networks/open.js'
export type { Attempt, PeerInfo } from './swarm/peers/peer-info.js'

export { Swarm } from './swarm/swarm.js'
export type {
  Firewall,
  RelayThrough,
  SwarmEvents,
  SwarmOptions,
  SwarmStats
} from './swarm/swarm-options.js'
export type { SwarmTopic } from './swarm/swarm-topic.js'
export type { JoinOptions, TopicSession } from './swarm/topic-session.js'
