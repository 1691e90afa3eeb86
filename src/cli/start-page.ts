/** What `swarmchat` alone prints: what to do first. */
export const START_PAGE = `swarmchat: group chat without a server.

  swarmchat join lobby    chat with everybody who joins the room "lobby"
  swarmchat peers lobby   see who is there first, without joining
  swarmchat doctor        check that this machine can meet others

Whoever knows the name of a room can join it and read it.
All commands: swarmchat --help
`
